{{ config(description='A country of the workforce without holidays in a year of the data would count its holidays as idle days; make calendars adds it.') }}
select distinct
    dates.calendar_code,
    extract(year from dates.activity_date) as calendar_year,
from {{ ref('dim_date') }} as dates
left join {{ ref('holidays') }} as holidays
    on extract(year from holidays.holiday_date) = extract(year from dates.activity_date)
    and (holidays.calendar_code = dates.calendar_code or dates.calendar_code like holidays.calendar_code || '-%')
where holidays.calendar_code is null
