-- Grain: record of the latest leave delivery. When a person is away; spans of one person may overlap.
select
    statements.employee_id,
    statements.start_date as valid_from,
    statements.end_date + 1 as valid_to,
    cast(coalesce(statements.day_fraction, 1) * 1000 as integer) as leave_thousandths,
    statements.record_line,
from {{ ref('int_leave_statement') }} as statements
