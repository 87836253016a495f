with ranked as (
    select
        versions.employee_key,
        versions.employee_id,
        employment.work_email,
        employment.display_name,
        employment.hired_date,
        employment.terminated_date,
        row_number() over (
            partition by versions.employee_key
            order by employment.valid_from desc
        ) as preference,
    from (
        select distinct versions.employee_key, versions.employee_id
        from {{ ref('int_employee_version') }} as versions
    ) as versions
    inner join {{ ref('int_employment_span') }} as employment
        on employment.employee_id = versions.employee_id
    cross join {{ source('run', 'run_window') }} as run_window
    where employment.valid_from <= run_window.as_of_date
)

-- the person as last stated; dates are those of the latest stint
select
    ranked.employee_key,
    ranked.employee_id,
    ranked.work_email,
    ranked.display_name,
    ranked.hired_date,
    ranked.terminated_date,
from ranked
where ranked.preference = 1
