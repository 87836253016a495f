with run_window as (
    select * from {{ source('run', 'run_window') }}
),

-- whole years, so that a report has its axis before the data has reached it
dates as (
    select {{ date_rows("date_trunc('year', run_window.first_date)", "date_trunc('year', run_window.as_of_date) + interval 1 year - interval 1 day", 'activity_date') }}
    from run_window
),

calendars as (
    select distinct {{ calendar_code('employment.country_code', 'employment.country_subdivision_code') }} as calendar_code
    from {{ ref('int_employment_span') }} as employment
    where employment.country_code is not null
    union
    select distinct employment.country_code as calendar_code
    from {{ ref('int_employment_span') }} as employment
    where employment.country_code is not null
),

final as (
    select
        dates.activity_date,
        calendars.calendar_code,
        {{ week_start('dates.activity_date') }} as week_start_date,
        {{ iso_weekday('dates.activity_date') }} <= 5 and holidays.calendar_code is null as is_working_day,
        holidays.holiday_name,
    from dates
    cross join calendars
    left join {{ ref('int_calendar_holiday') }} as holidays
        on holidays.calendar_code = calendars.calendar_code
        and holidays.holiday_date = dates.activity_date
)

select * from final
