-- Grain: week. Whole ISO weeks that have ended and whose figures look at a touched date, up to four weeks back.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

dates as (
    select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'week_end_date') }}
    from run_window
),

final as (
    select distinct dates.week_end_date - 6 as week_start_date
    from dates
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date <= dates.week_end_date
        and touched.activity_date > dates.week_end_date - 28
    where {{ iso_weekday('dates.week_end_date') }} = 7
)

select * from final
