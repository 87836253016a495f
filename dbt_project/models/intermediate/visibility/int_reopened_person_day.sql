-- Grain: employee x activity date. Days that this run does not rebuild for everybody, but for one person whose visibility is known otherwise.
select distinct
    days.employee_key,
    days.activity_date,
from {{ ref('int_reopened_tool_day') }} as days
where days.activity_date not in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
