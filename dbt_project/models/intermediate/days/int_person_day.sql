-- Grain: employee x activity date, of the built days, and of those reopened for one person, on which a person is employed and included.
-- What was expected of the day.
with employment as (
    select * from {{ ref('int_working_pattern') }}
),

included as (
    select * from {{ ref('int_included_span') }}
),

built as (
    select * from {{ ref('int_built_day') }}
),

reopened as (
    select days.*
    from {{ ref('int_reopened_person_day') }} as days
    where days.activity_date not in (select built.activity_date from built)
),

dates as (
    select built.activity_date from built
    union
    select reopened.activity_date from reopened
),

looked_at_days as (
    select
        employment.*,
        built.activity_date,
    from built
    inner join employment
        on employment.valid_from <= built.activity_date
        and {{ span_closed('employment.valid_to') }} > built.activity_date
    union all
    select
        employment.*,
        reopened.activity_date,
    from reopened
    inner join employment
        on employment.employee_key = reopened.employee_key
        and employment.valid_from <= reopened.activity_date
        and {{ span_closed('employment.valid_to') }} > reopened.activity_date
),

-- days outside employment, or without an agreement, do not exist
employed_days as (
    select
        employment.employee_id,
        employment.employee_key,
        employment.activity_date,
        employment.calendar_code,
        employment.hired_date,
        employment.line_of_business,
        employment.org_unit_id,
        employment.weekly_pattern_thousandths,
        case
            when employment.patternless_thousandths is not null
                then case when {{ iso_weekday('employment.activity_date') }} <= 5 then employment.patternless_thousandths else 0 end
            when substr(employment.working_weekdays, cast({{ iso_weekday('employment.activity_date') }} as integer), 1) = '1' then 1000
            else 0
        end as pattern_thousandths,
    from looked_at_days as employment
    inner join included
        on included.employee_id = employment.employee_id
        and included.valid_from <= employment.activity_date
        and {{ span_closed('included.valid_to') }} > employment.activity_date
),

leave_days as (
    select
        leave.employee_id,
        dates.activity_date,
        least(1000, sum(leave.leave_thousandths)) as leave_thousandths,
    from dates
    inner join {{ ref('int_leave_span') }} as leave
        on leave.valid_from <= dates.activity_date
        and {{ span_closed('leave.valid_to') }} > dates.activity_date
    group by leave.employee_id, dates.activity_date
),

rota_days as (
    select
        rota.employee_id,
        dates.activity_date,
        rota.rota_thousandths,
    from dates
    inner join {{ ref('int_rota_span') }} as rota
        on rota.valid_from <= dates.activity_date
        and {{ span_closed('rota.valid_to') }} > dates.activity_date
),

-- whoever has a shift works it on a holiday too; leave takes away from either
worked_days as (
    select
        employed_days.*,
        case
            when rota_days.employee_id is not null then rota_days.rota_thousandths
            when holidays.calendar_code is not null then 0
            else employed_days.pattern_thousandths
        end as planned_thousandths,
    from employed_days
    left join rota_days
        on rota_days.employee_id = employed_days.employee_id
        and rota_days.activity_date = employed_days.activity_date
    left join {{ ref('int_calendar_holiday') }} as holidays
        on holidays.calendar_code = employed_days.calendar_code
        and holidays.holiday_date = employed_days.activity_date
),

final as (
    select
        worked_days.employee_key,
        worked_days.activity_date,
        worked_days.hired_date,
        worked_days.line_of_business,
        worked_days.org_unit_id,
        worked_days.weekly_pattern_thousandths,
        cast(floor(worked_days.planned_thousandths * (1000 - coalesce(leave_days.leave_thousandths, 0)) / 1000) as integer) as expected_thousandths,
    from worked_days
    left join leave_days
        on leave_days.employee_id = worked_days.employee_id
        and leave_days.activity_date = worked_days.activity_date
)

select * from final
