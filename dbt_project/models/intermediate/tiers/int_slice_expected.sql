-- Grain: slice x day set x employee. Expected thousandths of the days on which a tool of the scopes with this day set is in use.
with days as (
    select * from {{ ref('int_expected_day') }}
),

day_sets as (
    select distinct
        scope_days.day_set_number,
        scope_days.activity_date,
    from {{ ref('int_scope_day') }} as scope_days
),

final as (
    select
        slices.week_start_date,
        slices.slice_from,
        slices.slice_to,
        day_sets.day_set_number,
        days.employee_key,
        sum(days.expected_thousandths) as expected_thousandths,
    from days
    inner join day_sets
        on day_sets.activity_date = days.activity_date
    inner join {{ ref('int_slice') }} as slices
        on slices.week_start_date = days.week_start_date
        and slices.slice_from <= days.activity_date
        and slices.slice_to >= days.activity_date
        and (slices.is_for_everybody or days.is_touched_person)
    group by slices.week_start_date, slices.slice_from, slices.slice_to, day_sets.day_set_number, days.employee_key
)

select * from final
