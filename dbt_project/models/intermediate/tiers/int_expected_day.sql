-- Grain: person x date. Days of the windows on which a person is employed and included, with what was expected of them:
-- from the published days, or worked out anew where the window reaches back before the data begins.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

slices as (
    select
        min(slices.slice_from) as from_date,
        max(slices.slice_to) as to_date,
        coalesce(min(case when slices.is_for_everybody then slices.slice_from end), {{ span_end() }}) as everybody_from,
    from {{ ref('int_slice') }} as slices
),

touched as (
    select distinct touched.employee_key
    from {{ ref('int_touched_person') }} as touched
),

people as (
    select
        keys.person_number,
        keys.employee_key,
        touched.employee_key is not null as is_touched_person,
    from {{ ref('int_employee_key') }} as keys
    left join touched
        on touched.employee_key = keys.employee_key
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

final as (
    select
        people.person_number,
        days.activity_date,
        days.expected_thousandths,
        people.is_touched_person,
    from days
    cross join slices
    inner join people
        on people.employee_key = days.employee_key
    where days.activity_date >= slices.everybody_from
        or people.is_touched_person
)

select * from final
