{{ config(schema='ops') }}

-- depends_on: {{ ref('int_touched_person') }} (it compares with the table that this one replaces)
select
    spans.employee_key,
    spans.input_kind,
    spans.fingerprint,
    spans.valid_from,
    spans.valid_to,
from {{ ref('int_person_input_span') }} as spans
