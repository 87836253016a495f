-- Grain: employee. People whose chain of managers leads back to themselves on the as-of date.
select distinct
    employee_keys.employee_key,
    manager_keys.employee_key as manager_key,
from {{ ref('int_reporting_chain') }} as chain
inner join {{ ref('int_employee_key') }} as employee_keys
    on employee_keys.employee_id = chain.employee_id
inner join {{ ref('int_employee_key') }} as manager_keys
    on manager_keys.employee_id = chain.manager_employee_id
cross join {{ source('run', 'run_window') }} as run_window
where chain.is_cycle
    and chain.valid_from <= run_window.as_of_date
    and chain.valid_to > run_window.as_of_date
    and chain.manager_employee_id = chain.employee_id
