select
    keys.employee_key,
    keys.person_number,
from {{ ref('int_employee_key') }} as keys
where keys.is_ever_included
