{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{% if is_incremental() %}delete from {{ this }} where employee_key not in (select keys.employee_key from {{ ref('int_employee_key') }} as keys where keys.is_ever_included){% endif %}",
) }}

-- depends_on: {{ ref('int_employee_key') }} (the hook before it names the rows to replace)
select
    restated.policy_id,
    restated.policy_version,
    restated.scope_code,
    restated.employee_key,
    restated.as_of_date,
    restated.old_tier_code,
    restated.new_tier_code,
    causes.cause_kind,
    causes.cause_delivery_id,
    run_window.built_at as restated_at,
from {{ ref('int_tier_restated') }} as restated
inner join {{ ref('int_restatement_cause') }} as causes
    on causes.policy_id = restated.policy_id
    and causes.scope_code = restated.scope_code
    and causes.employee_key = restated.employee_key
    and causes.as_of_date = restated.as_of_date
cross join {{ source('run', 'run_window') }} as run_window
