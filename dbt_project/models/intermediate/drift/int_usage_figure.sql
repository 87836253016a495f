-- Grain: activity date x scope x tool x measure x member, of touched dates that figures are kept of, and of tools whose feeds cover the
-- date. A figure is a mean over people: its total divided by person_count. Its standard error is the one between people, so that one
-- heavy user makes a figure uncertain and not just large.
with dates as (
    select touched.activity_date
    from {{ ref('int_touched_date') }} as touched
    cross join {{ source('run', 'run_window') }} as run_window
    where touched.activity_date > run_window.as_of_date - {{ kept_figure_days() }}
),

people as (
    select
        days.employee_key,
        days.activity_date,
        days.line_of_business,
        days.expected_thousandths,
    from {{ ref('int_person_day') }} as days
    inner join dates
        on dates.activity_date = days.activity_date
),

headcounts as (
    select
        people.activity_date,
        people.line_of_business,
        count(*) as person_count,
        sum(people.expected_thousandths) as expected_thousandths,
    from people
    group by people.activity_date, people.line_of_business
),

-- a day without its feed is unobserved: no figure of it is known, and none over all tools
tool_days as (
    select
        days.tool_id,
        days.activity_date,
        days.is_covered,
        bool_and(days.is_covered) over (partition by days.activity_date) as is_whole_date,
    from {{ ref('int_tool_day') }} as days
    inner join dates
        on dates.activity_date = days.activity_date
),

use as (
    select
        facts.employee_key,
        facts.activity_date,
        people.line_of_business,
        facts.tool_id,
        tool_days.is_whole_date,
        {% for column in amounts_per_person().values() -%}
        cast(facts.{{ column }} as double) as {{ column }},
        {% endfor %}
    from {{ ref('fct_employee_tool_daily') }} as facts
    inner join tool_days
        on tool_days.tool_id = facts.tool_id
        and tool_days.activity_date = facts.activity_date
        and tool_days.is_covered
    inner join people
        on people.employee_key = facts.employee_key
        and people.activity_date = facts.activity_date
    where facts.is_active
),

users as (
    select distinct
        use.employee_key,
        use.activity_date,
        use.line_of_business,
    from use
    where use.is_whole_date
),

-- a name that few ever use would tell who they are; one that is known keeps its name on days on which few use it
named as (
    select distinct
        published.tool_id,
        published.measure_name,
        published.member_name as surface_name,
    from ({{ published_before('ops', 'usage_figure', {'tool_id': 'varchar', 'measure_name': 'varchar', 'member_name': 'varchar'}) }}) as published
    where published.measure_name in ('client_share', 'feature_share')
    union
    select
        days.tool_id,
        days.surface_kind || '_share' as measure_name,
        days.surface_name,
    from {{ ref('int_person_surface_day') }} as days
    group by days.tool_id, days.surface_kind, days.surface_name, days.activity_date
    having count(*) >= {{ smallest_group() }} or bool_or(days.is_counter)
),

labelled as (
    select
        days.employee_key,
        days.activity_date,
        people.line_of_business,
        days.tool_id,
        days.surface_kind,
        coalesce(named.surface_name, 'other') as surface_name,
        cast(days.action_count as double) as action_count,
    from {{ ref('int_person_surface_day') }} as days
    inner join tool_days
        on tool_days.tool_id = days.tool_id
        and tool_days.activity_date = days.activity_date
        and tool_days.is_covered
    inner join people
        on people.employee_key = days.employee_key
        and people.activity_date = days.activity_date
    left join named
        on named.tool_id = days.tool_id
        and named.measure_name = days.surface_kind || '_share'
        and named.surface_name = days.surface_name
),

-- every person weighs the same in a share: what one of them does all day moves it no further than anybody else does
surfaces as (
    select
        labelled.employee_key,
        labelled.activity_date,
        labelled.line_of_business,
        labelled.tool_id,
        labelled.surface_kind,
        labelled.surface_name,
        sum(labelled.action_count) / sum(sum(labelled.action_count)) over (
            partition by labelled.employee_key, labelled.activity_date, labelled.tool_id, labelled.surface_kind
        ) as share_of_person,
    from labelled
    group by
        labelled.employee_key,
        labelled.activity_date,
        labelled.line_of_business,
        labelled.tool_id,
        labelled.surface_kind,
        labelled.surface_name
),

-- what is divided by: people, or those of them who were active
wholes as (
    select
        headcounts.activity_date,
        headcounts.line_of_business,
        tools.tool_id,
        'active_people' as measure_name,
        headcounts.person_count,
    from headcounts
    inner join (
        select tool_days.activity_date, tool_days.tool_id from tool_days where tool_days.is_covered
        union
        select tool_days.activity_date, 'any' as tool_id from tool_days where tool_days.is_whole_date
    ) as tools
        on tools.activity_date = headcounts.activity_date
    union all
    select users.activity_date, users.line_of_business, 'any' as tool_id, 'tool_share' as measure_name, count(*)
    from users
    group by users.activity_date, users.line_of_business
    {% for measure, column in amounts_per_person().items() -%}
    union all
    select use.activity_date, use.line_of_business, use.tool_id, '{{ measure }}' as measure_name, count(*)
    from use
    where use.{{ column }} is not null
    group by use.activity_date, use.line_of_business, use.tool_id
    {% endfor -%}
    union all
    select
        surfaces.activity_date,
        surfaces.line_of_business,
        surfaces.tool_id,
        surfaces.surface_kind || '_share' as measure_name,
        count(distinct surfaces.employee_key),
    from surfaces
    group by surfaces.activity_date, surfaces.line_of_business, surfaces.tool_id, surfaces.surface_kind
),

-- what is divided, with the squares that the error between people is made of
parts as (
    select
        use.activity_date,
        use.line_of_business,
        use.tool_id,
        'active_people' as measure_name,
        '' as member_name,
        count(*) as part,
        count(*) as part_squares,
    from use
    group by use.activity_date, use.line_of_business, use.tool_id
    union all
    select users.activity_date, users.line_of_business, 'any' as tool_id, 'active_people' as measure_name, '' as member_name, count(*), count(*)
    from users
    group by users.activity_date, users.line_of_business
    union all
    select use.activity_date, use.line_of_business, 'any' as tool_id, 'tool_share' as measure_name, use.tool_id as member_name, count(*), count(*)
    from use
    where use.is_whole_date
    group by use.activity_date, use.line_of_business, use.tool_id
    {% for measure, column in amounts_per_person().items() -%}
    union all
    select
        use.activity_date,
        use.line_of_business,
        use.tool_id,
        '{{ measure }}' as measure_name,
        '' as member_name,
        sum(use.{{ column }}),
        sum(use.{{ column }} * use.{{ column }}),
    from use
    where use.{{ column }} is not null
    group by use.activity_date, use.line_of_business, use.tool_id
    {% endfor -%}
    union all
    select
        surfaces.activity_date,
        surfaces.line_of_business,
        surfaces.tool_id,
        surfaces.surface_kind || '_share' as measure_name,
        surfaces.surface_name as member_name,
        sum(surfaces.share_of_person),
        sum(surfaces.share_of_person * surfaces.share_of_person),
    from surfaces
    group by surfaces.activity_date, surfaces.line_of_business, surfaces.tool_id, surfaces.surface_kind, surfaces.surface_name
),

-- the company, and each line of business
scoped_headcounts as (
    {{ summed_by_scope('headcounts', [], {
        'expected_fraction': 'sum(headcounts.expected_thousandths) / (1000.0 * sum(headcounts.person_count))',
    }) }}
),

scoped_wholes as (
    {{ summed_by_scope('wholes', ['tool_id', 'measure_name'], {'person_count': 'sum(wholes.person_count)'}) }}
),

scoped_parts as (
    {{ summed_by_scope('parts', ['tool_id', 'measure_name', 'member_name'], {
        'part': 'sum(parts.part)',
        'part_squares': 'sum(parts.part_squares)',
    }) }}
),

-- a level that is nobody's is 0; of a member that is nobody's nothing is known here
final as (
    select
        wholes.activity_date,
        wholes.scope_kind,
        wholes.scope_name,
        wholes.tool_id,
        wholes.measure_name,
        coalesce(parts.member_name, '') as member_name,
        cast(coalesce(parts.part, 0) as decimal(24, 6)) as total_value,
        cast(wholes.person_count as bigint) as person_count,
        cast(headcounts.expected_fraction as decimal(9, 6)) as expected_fraction,
        coalesce(
            sqrt(greatest(0, parts.part_squares - parts.part * parts.part / wholes.person_count)) / wholes.person_count,
            0
        ) as standard_error,
    from scoped_wholes as wholes
    inner join scoped_headcounts as headcounts
        on headcounts.activity_date = wholes.activity_date
        and headcounts.scope_kind = wholes.scope_kind
        and headcounts.scope_name = wholes.scope_name
    left join scoped_parts as parts
        on parts.activity_date = wholes.activity_date
        and parts.scope_kind = wholes.scope_kind
        and parts.scope_name = wholes.scope_name
        and parts.tool_id = wholes.tool_id
        and parts.measure_name = wholes.measure_name
)

select * from final
