{{ config(materialized='ephemeral') }}
-- Grain: employee x date. Days of the windows on which a person is employed and included, with what was expected of them:
-- from the published days, or worked out anew where the window reaches back before the data begins.
with slices as (
    select
        min(slices.slice_from) as from_date,
        max(slices.slice_to) as to_date,
        min(case when slices.is_for_everybody then slices.slice_from end) as everybody_from_date,
    from {{ ref('int_slice') }} as slices
),

touched as (
    select distinct touched.employee_key
    from {{ ref('int_touched_person') }} as touched
),

days as (
    select
        days.employee_key,
        days.activity_date,
        cast(days.expected_fraction * 1000 as integer) as expected_thousandths,
    from {{ ref('fct_employee_engagement_daily') }} as days
    inner join {{ source('run', 'run_window') }} as run_window
        on days.activity_date >= run_window.first_date
    union all
    select
        days.employee_key,
        days.activity_date,
        days.expected_thousandths,
    from {{ ref('int_person_day') }} as days
    inner join {{ source('run', 'run_window') }} as run_window
        on days.activity_date < run_window.first_date
)

select
    days.employee_key,
    days.activity_date,
    days.expected_thousandths,
    {{ week_start('days.activity_date') }} as week_start_date,
    touched.employee_key is not null as is_touched_person,
from days
cross join slices
left join touched
    on touched.employee_key = days.employee_key
where days.activity_date between slices.from_date and slices.to_date
    and (touched.employee_key is not null or days.activity_date >= slices.everybody_from_date)
