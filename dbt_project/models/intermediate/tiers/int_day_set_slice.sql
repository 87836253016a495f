-- Grain: day set x slice. The days of a slice on which a tool of the scopes with this day set is in use, one bit for each weekday.
with day_sets as (
    select distinct
        scope_days.day_set_number,
        scope_days.activity_date,
    from {{ ref('int_scope_day') }} as scope_days
),

final as (
    select
        day_sets.day_set_number,
        slices.slice_number,
        slices.week_start_date,
        slices.is_for_everybody,
        bit_or({{ weekday_bit(iso_weekday('day_sets.activity_date')) }}) as days_in_use,
    from {{ ref('int_slice') }} as slices
    inner join day_sets
        on day_sets.activity_date >= slices.slice_from
        and day_sets.activity_date <= slices.slice_to
    group by day_sets.day_set_number, slices.slice_number, slices.week_start_date, slices.is_for_everybody
)

select * from final
