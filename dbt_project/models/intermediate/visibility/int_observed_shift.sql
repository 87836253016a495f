-- Grain: week x tool, of weeks that this run does not sum up anew. How many people more, or fewer, are now known to have been observed.
with days as (
    select
        {{ week_start('days.activity_date') }} as week_start_date,
        days.employee_key,
        days.tool_id,
        bool_or(not access.is_uncovered and not days.was_invisible) as was_observed,
        bool_or(not access.is_uncovered and not days.is_invisible) as is_observed,
    from {{ ref('int_reopened_tool_day') }} as days
    inner join {{ ref('int_person_tool_access_day') }} as access
        on access.employee_key = days.employee_key
        and access.tool_id = days.tool_id
        and access.activity_date = days.activity_date
    group by {{ week_start('days.activity_date') }}, days.employee_key, days.tool_id
),

final as (
    select
        days.week_start_date,
        days.tool_id,
        sum(cast(days.is_observed as integer) - cast(days.was_observed as integer)) as observed_shift,
    from days
    where days.week_start_date not in (select weeks.week_start_date from {{ ref('int_touched_week') }} as weeks)
    group by days.week_start_date, days.tool_id
    having sum(cast(days.is_observed as integer) - cast(days.was_observed as integer)) <> 0
)

select * from final
