-- depends_on: {{ ref('int_tier_restated') }} (it compares with the table that this one replaces)
select
    spans.policy_id,
    spans.policy_version,
    spans.scope_code,
    spans.employee_key,
    spans.tier_code,
    spans.tier_low_code,
    spans.tier_high_code,
    spans.is_firm,
    spans.reason_code,
    spans.valid_from,
    spans.valid_to,
    spans.valid_to is null as is_current,
from {{ ref('int_employee_tier_span') }} as spans
