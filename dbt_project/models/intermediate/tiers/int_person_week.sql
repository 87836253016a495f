-- Grain: person x ISO week. The days of the windows on which a person is employed and included, one bit for each weekday, and what was
-- expected of each: from the published days, or worked out anew where a window reaches back before the data begins.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

slices as (
    select
        min(slices.week_start_date) as from_date,
        max(slices.slice_to) as to_date,
        coalesce(min(case when slices.is_for_everybody then slices.week_start_date end), {{ span_end() }}) as everybody_from,
    from {{ ref('int_slice') }} as slices
),

days as (
    select
        days.employee_key,
        days.activity_date,
        cast(days.expected_fraction * 1000 as integer) as expected_thousandths,
    from {{ ref('fct_employee_engagement_daily') }} as days
    cross join run_window
    cross join slices
    where days.activity_date >= run_window.first_date
        and days.activity_date between slices.from_date and slices.to_date
    union all
    select
        days.employee_key,
        days.activity_date,
        days.expected_thousandths,
    from {{ ref('int_person_day') }} as days
    cross join run_window
    cross join slices
    where days.activity_date < run_window.first_date
        and days.activity_date between slices.from_date and slices.to_date
),

numbered as (
    select
        people.person_number,
        people.is_touched_person,
        {{ week_start('days.activity_date') }} as week_start_date,
        {{ iso_weekday('days.activity_date') }} as weekday,
        days.expected_thousandths,
    from days
    cross join slices
    inner join {{ ref('int_tier_person') }} as people
        on people.employee_key = days.employee_key
    where days.activity_date >= slices.everybody_from
        or people.is_touched_person
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
