-- Grain: employee. People whom no agreement covers on any date that is held; the gate looks for their keys in what is published.
select keys.employee_key
from {{ ref('int_employee_key') }} as keys
where not keys.is_ever_included
