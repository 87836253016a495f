-- Grain: slice x day set x person. Expected thousandths of the days on which a tool of the scopes with this day set is in use.
with day_sets as (
    select distinct
        scope_days.day_set_number,
        scope_days.activity_date,
    from {{ ref('int_scope_day') }} as scope_days
),

-- each date of each slice once, so that days meet their slices by equality
slice_dates as (
    select
        slices.slice_number,
        slices.is_for_everybody,
        day_sets.day_set_number,
        day_sets.activity_date,
    from {{ ref('int_slice') }} as slices
    inner join day_sets
        on day_sets.activity_date >= slices.slice_from
        and day_sets.activity_date <= slices.slice_to
),

final as (
    select
        slice_dates.slice_number,
        slice_dates.day_set_number,
        days.person_number,
        cast(sum(days.expected_thousandths) as bigint) as expected_thousandths,
    from {{ ref('int_expected_day') }} as days
    inner join slice_dates
        on slice_dates.activity_date = days.activity_date
    where slice_dates.is_for_everybody
        or days.is_touched_person
    group by slice_dates.slice_number, slice_dates.day_set_number, days.person_number
)

select * from final
