{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    days.employee_key,
    days.tool_id,
    days.mode_code,
    days.activity_date,
    days.is_active,
    days.is_substantive,
    days.evidence_basis,
    days.intentional_action_count,
from {{ ref('int_person_tool_mode_day') }} as days
