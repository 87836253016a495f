{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

select
    days.employee_key,
    days.mode_code,
    days.activity_date,
    days.is_active,
    days.is_substantive,
    days.intentional_action_count,
from {{ ref('int_person_mode_day') }} as days
