-- Grain: person x ISO week, of the weeks not known from the night before, and, for people of whom something changed, of all. The days of
-- the windows on which a person is employed and included, one bit for each weekday, and what was expected of each: from the published
-- days, or worked out anew where a window reaches back before the data begins.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

bounds as (
    select max(slices.slice_to) as to_date
    from {{ ref('int_slice') }} as slices
),

dates as (
    select
        {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} as activity_date,
        weeks.is_new_for_everybody as is_for_everybody,
    from {{ ref('int_window_week') }} as weeks
    cross join (select {{ number_rows(1, 7, 'weekday') }}) as weekdays
    cross join bounds
    where {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} <= bounds.to_date
),

published_days as (
    {{ days_to_count(ref('fct_employee_engagement_daily')) }}
),

earlier_days as (
    {{ days_to_count(ref('int_person_day')) }}
),

days as (
    select
        days.person_number,
        days.is_touched_person,
        days.activity_date,
        cast(days.expected_fraction * 1000 as integer) as expected_thousandths,
    from published_days as days
    cross join run_window
    where days.activity_date >= run_window.first_date
    union all
    select
        days.person_number,
        days.is_touched_person,
        days.activity_date,
        days.expected_thousandths,
    from earlier_days as days
    cross join run_window
    where days.activity_date < run_window.first_date
),

numbered as (
    select
        days.person_number,
        days.is_touched_person,
        {{ week_start('days.activity_date') }} as week_start_date,
        {{ iso_weekday('days.activity_date') }} as weekday,
        days.expected_thousandths,
    from days
),

final as (
    select
        numbered.person_number,
        numbered.week_start_date,
        numbered.is_touched_person,
        bit_or({{ weekday_bit('numbered.weekday') }}) as employed_days,
        bit_or(case when numbered.expected_thousandths > 0 then {{ weekday_bit('numbered.weekday') }} else 0 end) as expected_days,
        {% for weekday in range(1, 8) -%}
        max(case when numbered.weekday = {{ weekday }} then numbered.expected_thousandths else 0 end) as thousandths_{{ weekday }},
        {% endfor -%}
    from numbered
    group by numbered.person_number, numbered.week_start_date, numbered.is_touched_person
)

select * from final
