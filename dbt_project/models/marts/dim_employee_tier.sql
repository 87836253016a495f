{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_gone_tier_spans() }}",
) }}

-- depends_on: {{ ref('int_tier_restated') }} (it compares with the spans that this model replaces)
select
    changes.policy_id,
    changes.policy_version,
    changes.scope_code,
    changes.employee_key,
    changes.tier_code,
    changes.tier_low_code,
    changes.tier_high_code,
    changes.is_firm,
    changes.reason_code,
    changes.valid_from,
    changes.valid_to,
    changes.valid_to is null as is_current,
from {{ ref('int_employee_tier_change') }} as changes
where changes.change_kind = 'comes'
