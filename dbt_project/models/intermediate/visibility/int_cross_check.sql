-- Grain: tool x activity date x authoritative feed x compared feed x measure, of touched dates that both feeds cover. What each of them says
-- of the included people, and how many people only one of them knows of. Names nobody.
with covered as (
    select distinct
        covered.source,
        covered.feed,
        covered.activity_date,
    from {{ ref('feed_coverage') }} as covered
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date = covered.activity_date
),

compared_days as (
    select
        measures.*,
        covered.activity_date,
    from {{ ref('int_compared_measure') }} as measures
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = measures.tool_id
        and feeds.source = measures.source
        and feeds.feed = measures.feed
    inner join {{ ref('int_compared_feed') }} as compared_feeds
        on compared_feeds.tool_id = measures.tool_id
        and compared_feeds.source = measures.compared_source
        and compared_feeds.feed = measures.compared_feed
    inner join covered
        on covered.source = measures.source
        and covered.feed = measures.feed
        and covered.activity_date >= greatest(feeds.valid_from, compared_feeds.valid_from)
        and covered.activity_date < least({{ span_closed('feeds.valid_to') }}, {{ span_closed('compared_feeds.valid_to') }})
    inner join covered as compared_covered
        on compared_covered.source = measures.compared_source
        and compared_covered.feed = measures.compared_feed
        and compared_covered.activity_date = covered.activity_date
),

fields as (
    select * from {{ ref('int_person_tool_day_field') }}
    union all
    select * from {{ ref('int_compared_tool_day_field') }}
),

-- as the facts add them up: what was automated is nobody's action
people as (
    select
        fields.employee_key,
        fields.tool_id,
        fields.source,
        fields.feed,
        fields.activity_date,
        mapping.measure_name,
        sum(fields.field_value) as measure_value,
    from fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
    where not (mapping.is_intentional and coalesce(fields.is_automated, false))
    group by fields.employee_key, fields.tool_id, fields.source, fields.feed, fields.activity_date, mapping.measure_name
),

both_sides as (
    select
        compared_days.*,
        people.employee_key,
        people.measure_value,
        cast(null as decimal(24, 6)) as compared_value,
    from compared_days
    inner join people
        on people.tool_id = compared_days.tool_id
        and people.source = compared_days.source
        and people.feed = compared_days.feed
        and people.activity_date = compared_days.activity_date
        and people.measure_name = compared_days.measure_name
    union all
    select
        compared_days.*,
        people.employee_key,
        cast(null as decimal(24, 6)) as measure_value,
        people.measure_value as compared_value,
    from compared_days
    inner join people
        on people.tool_id = compared_days.tool_id
        and people.source = compared_days.compared_source
        and people.feed = compared_days.compared_feed
        and people.activity_date = compared_days.activity_date
        and people.measure_name = compared_days.measure_name
),

by_person as (
    select
        both_sides.* exclude (measure_value, compared_value),
        sum(both_sides.measure_value) as measure_value,
        sum(both_sides.compared_value) as compared_value,
    from both_sides
    group by all
),

final as (
    select
        compared_days.tool_id,
        compared_days.activity_date,
        compared_days.source,
        compared_days.feed,
        compared_days.compared_source,
        compared_days.compared_feed,
        compared_days.measure_name,
        sum(by_person.measure_value) as authoritative_total,
        sum(by_person.compared_value) as compared_total,
        -- somebody of whom a feed states nothing but 0 did nothing there
        count(case when by_person.measure_value > 0 and by_person.compared_value > 0 then 1 end) as both_count,
        count(case when by_person.measure_value > 0 and coalesce(by_person.compared_value, 0) = 0 then 1 end) as authoritative_only_count,
        count(case when by_person.compared_value > 0 and coalesce(by_person.measure_value, 0) = 0 then 1 end) as compared_only_count,
    from compared_days
    left join by_person
        on by_person.tool_id = compared_days.tool_id
        and by_person.activity_date = compared_days.activity_date
        and by_person.source = compared_days.source
        and by_person.feed = compared_days.feed
        and by_person.compared_source = compared_days.compared_source
        and by_person.compared_feed = compared_days.compared_feed
        and by_person.measure_name = compared_days.measure_name
    group by
        compared_days.tool_id,
        compared_days.activity_date,
        compared_days.source,
        compared_days.feed,
        compared_days.compared_source,
        compared_days.compared_feed,
        compared_days.measure_name
)

select * from final
