-- Grain: slice x day set x person. Expected thousandths of the days on which a tool of the scopes with this day set is in use.
with final as (
    select
        day_sets.slice_number,
        day_sets.day_set_number,
        weeks.person_number,
        cast({{ thousandths_of('weeks.employed_days & day_sets.days_in_use', 'weeks') }} as bigint) as expected_thousandths,
    from {{ ref('int_person_week') }} as weeks
    inner join {{ ref('int_day_set_slice') }} as day_sets
        on day_sets.week_start_date = weeks.week_start_date
    where (day_sets.is_for_everybody or weeks.is_touched_person)
        and weeks.employed_days & day_sets.days_in_use <> 0
)

select * from final
