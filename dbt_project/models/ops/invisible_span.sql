-- depends_on: {{ ref('int_reopened_tool_day') }} (it compares with the table that this one replaces)
select
    spans.employee_key,
    spans.tool_id,
    spans.valid_from,
    spans.valid_to,
    spans.shown_by_text,
from {{ ref('int_invisible_span') }} as spans
