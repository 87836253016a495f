{{ config(description='The rules are monotone, so the observed tier lies in the range the missing days leave open; who has none has a reason.') }}
select
    tiers.policy_id,
    tiers.scope_code,
    tiers.employee_key,
    tiers.as_of_date,
from {{ ref('int_tier_evaluated') }} as tiers
-- who is not rated has neither end
left join {{ ref('dim_tier') }} as low
    on low.policy_id = tiers.policy_id
    and low.policy_version = tiers.policy_version
    and low.tier_code = tiers.tier_low_code
left join {{ ref('dim_tier') }} as high
    on high.policy_id = tiers.policy_id
    and high.policy_version = tiers.policy_version
    and high.tier_code = tiers.tier_high_code
left join {{ ref('dim_tier') }} as observed
    on observed.policy_id = tiers.policy_id
    and observed.policy_version = tiers.policy_version
    and observed.tier_code = tiers.tier_code
where low.tier_rank > high.tier_rank
    or observed.tier_rank < low.tier_rank
    or observed.tier_rank > high.tier_rank
    -- a version without a rule for everybody else would leave a person without tier or reason
    or (tiers.tier_code in ('not_rated', 'unknown') and tiers.reason_code is null)
