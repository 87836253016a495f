-- Grain: person x date x tool. Days of the windows on which a person is employed and included and of which a feed that a granted tool
-- needs says nothing about them: it did not cover the day, a record was refused, or the person is not visible in it.
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
        people.person_number,
        feeds.tool_id,
        days.activity_date,
    from {{ ref('uncovered_person_day') }} as days
    inner join {{ ref('int_tier_person') }} as people
        on people.employee_key = days.employee_key
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.source = days.source
        and feeds.feed = days.feed
        and feeds.valid_from <= days.activity_date
        and {{ span_closed('feeds.valid_to') }} > days.activity_date
    cross join slices
    where days.activity_date between slices.from_date and slices.to_date
),

invisible_days as (
    select
        people.person_number,
        spans.tool_id,
        {{ date_rows('greatest(spans.valid_from, slices.from_date)', "least(coalesce(spans.valid_to - 1, slices.to_date), slices.to_date)", 'activity_date') }},
    from {{ ref('int_invisible_span') }} as spans
    inner join {{ ref('int_tier_person') }} as people
        on people.employee_key = spans.employee_key
    cross join slices
),

access as (
    select * from {{ ref('int_access_span') }}
),

missing as (
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
        on access.person_number = uncovered_person_days.person_number
        and access.tool_id = uncovered_person_days.tool_id
        and access.valid_from <= uncovered_person_days.activity_date
        and access.valid_to > uncovered_person_days.activity_date
    union
    select
        access.person_number,
        invisible_days.activity_date,
        access.tool_id,
    from invisible_days
    inner join access
        on access.person_number = invisible_days.person_number
        and access.tool_id = invisible_days.tool_id
        and access.valid_from <= invisible_days.activity_date
        and access.valid_to > invisible_days.activity_date
),

-- days outside employment, or without an agreement, do not exist
final as (
    select
        missing.person_number,
        missing.activity_date,
        missing.tool_id,
        weeks.is_touched_person,
        {{ thousandths_on(iso_weekday('missing.activity_date'), 'weeks') }} as expected_thousandths,
    from missing
    inner join {{ ref('int_person_week') }} as weeks
        on weeks.person_number = missing.person_number
        and weeks.week_start_date = {{ week_start('missing.activity_date') }}
    where weeks.employed_days & {{ weekday_bit(iso_weekday('missing.activity_date')) }} <> 0
)

select * from final
