{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=["{{ delete_touched() }}", "{{ delete_touched('stated_date') }}"],
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hooks before it name the rows to replace)
select
    evidence.employee_key,
    evidence.tool_id,
    evidence.activity_date,
    evidence.stated_date,
    evidence.source,
    evidence.feed,
    evidence.routes_text,
from {{ ref('int_contrary_evidence') }} as evidence
