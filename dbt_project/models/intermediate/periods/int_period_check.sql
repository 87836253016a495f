-- Grain: tool x first day x last day x authoritative feed x compared feed x measure, of periods that hold a touched date and are covered
-- wholly. What the facts of the period add up to, what the compared feed says of it, and how many people only one of them knows of.
with compared_periods as (
    select * from {{ ref('int_compared_period') }}
),

spans as (
    select distinct
        compared_periods.tool_id,
        compared_periods.from_date,
        compared_periods.to_date,
    from compared_periods
),

-- of whoever was in scope for a part of the period the facts hold only that part
in_scope as (
    select
        keys.employee_key,
        spans.tool_id,
        spans.from_date,
        spans.to_date,
    from spans
    inner join {{ ref('int_included_span') }} as included
        on included.valid_from <= spans.from_date
        and {{ span_closed('included.valid_to') }} > spans.to_date
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = included.employee_id
),

-- a refused record hides what its person did, in whichever feed
hidden as (
    select distinct
        uncovered.employee_key,
        compared_periods.tool_id,
        compared_periods.from_date,
        compared_periods.to_date,
    from compared_periods
    inner join {{ ref('uncovered_person_day') }} as uncovered
        on uncovered.activity_date between compared_periods.from_date and compared_periods.to_date
        and (
            (uncovered.source = compared_periods.source and uncovered.feed = compared_periods.feed)
            or (uncovered.source = compared_periods.compared_source and uncovered.feed = compared_periods.compared_feed)
        )
),

people as (
    select in_scope.*
    from in_scope
    left join hidden
        on hidden.employee_key = in_scope.employee_key
        and hidden.tool_id = in_scope.tool_id
        and hidden.from_date = in_scope.from_date
        and hidden.to_date = in_scope.to_date
    where hidden.employee_key is null
),

-- days are looked up one by one: in a range each fact is held against every period of the tool
days as (
    select
        spans.*,
        {{ date_rows('spans.from_date', 'spans.to_date', 'activity_date') }},
    from spans
),

added_up as (
    select
        facts.employee_key,
        facts.tool_id,
        days.from_date,
        days.to_date,
        {% for measure in tool_measure_names() -%}
        sum(facts.{{ measure }}) as {{ measure }},
        {% endfor %}
    from {{ ref('fct_employee_tool_daily') }} as facts
    inner join days
        on days.tool_id = facts.tool_id
        and days.activity_date = facts.activity_date
    group by facts.employee_key, facts.tool_id, days.from_date, days.to_date
),

facts as (
    select
        added_up.employee_key,
        added_up.tool_id,
        added_up.from_date,
        added_up.to_date,
        {{ unpivoted('added_up', tool_measure_names(), 'measure_name', 'measure_value', 'decimal(24, 6)') }},
    from added_up
),

authoritative as (
    select distinct
        compared_periods.tool_id,
        compared_periods.source,
        compared_periods.feed,
        compared_periods.from_date,
        compared_periods.to_date,
        compared_periods.measure_name,
    from compared_periods
),

both_feeds as (
    select
        facts.employee_key,
        authoritative.*,
        facts.measure_value,
    from authoritative
    inner join facts
        on facts.tool_id = authoritative.tool_id
        and facts.from_date = authoritative.from_date
        and facts.to_date = authoritative.to_date
        and facts.measure_name = authoritative.measure_name
    union all by name
    select * from {{ ref('int_period_use') }}
),

uses as (
    select both_feeds.*
    from both_feeds
    inner join people
        on people.employee_key = both_feeds.employee_key
        and people.tool_id = both_feeds.tool_id
        and people.from_date = both_feeds.from_date
        and people.to_date = both_feeds.to_date
),

final as (
    {{ side_by_side('compared_periods', 'uses', ['from_date', 'to_date']) }}
)

select * from final
