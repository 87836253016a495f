-- Grain: person x date x tool. Days of the windows of which a feed that a granted tool needs says nothing about the person.
with slices as (
    select
        min(slices.slice_from) as from_date,
        max(slices.slice_to) as to_date,
    from {{ ref('int_slice') }} as slices
),

uncovered_tool_days as (
    select
        tool_days.tool_id,
        tool_days.activity_date,
    from {{ ref('int_tool_day') }} as tool_days
    cross join slices
    where not tool_days.is_covered
        and tool_days.activity_date between slices.from_date and slices.to_date
),

uncovered_person_days as (
    select
        days.employee_key,
        feeds.tool_id,
        days.activity_date,
    from {{ ref('uncovered_person_day') }} as days
    inner join {{ ref('tool_feeds') }} as feeds
        on feeds.source = days.source
        and feeds.feed = days.feed
        and feeds.valid_from <= days.activity_date
        and {{ span_closed('feeds.valid_to') }} > days.activity_date
    cross join slices
    where days.activity_date between slices.from_date and slices.to_date
),

access as (
    select
        keys.person_number,
        access.*,
    from {{ ref('int_access_span') }} as access
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_key = access.employee_key
),

final as (
    select
        access.person_number,
        uncovered_tool_days.activity_date,
        access.tool_id,
    from uncovered_tool_days
    inner join access
        on access.tool_id = uncovered_tool_days.tool_id
        and access.valid_from <= uncovered_tool_days.activity_date
        and access.valid_to > uncovered_tool_days.activity_date
    union
    select
        access.person_number,
        uncovered_person_days.activity_date,
        access.tool_id,
    from uncovered_person_days
    inner join access
        on access.employee_key = uncovered_person_days.employee_key
        and access.tool_id = uncovered_person_days.tool_id
        and access.valid_from <= uncovered_person_days.activity_date
        and access.valid_to > uncovered_person_days.activity_date
)

select * from final
