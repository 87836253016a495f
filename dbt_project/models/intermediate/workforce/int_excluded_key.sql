select keys.employee_key
from {{ ref('int_employee_key') }} as keys
where not keys.is_ever_included
