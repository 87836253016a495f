-- Grain: calendar x holiday date. The holidays of every country and subdivision that somebody was employed in.
with holidays as (
    select * from {{ ref('holidays') }}
),

calendars as (
    select distinct
        employment.country_code,
        employment.country_subdivision_code,
        {{ calendar_code('employment.country_code', 'employment.country_subdivision_code') }} as calendar_code,
    from {{ ref('int_employment_span') }} as employment
    where employment.country_code is not null
),

-- a subdivision has its country's days, with its own added and those taken away that do not hold there
combined as (
    select
        calendars.calendar_code,
        holidays.holiday_date,
        holidays.holiday_name,
    from calendars
    inner join holidays
        on holidays.calendar_code = calendars.country_code
        and holidays.is_added
    left join holidays as removed
        on removed.calendar_code = calendars.calendar_code
        and removed.calendar_code <> calendars.country_code
        and removed.holiday_date = holidays.holiday_date
        and not removed.is_added
    where removed.calendar_code is null
    union all
    select
        calendars.calendar_code,
        holidays.holiday_date,
        holidays.holiday_name,
    from calendars
    inner join holidays
        on holidays.calendar_code = calendars.calendar_code
        and holidays.is_added
    where calendars.country_subdivision_code is not null
),

final as (
    select
        combined.calendar_code,
        combined.holiday_date,
        min(combined.holiday_name) as holiday_name,
    from combined
    group by combined.calendar_code, combined.holiday_date
)

select * from final
