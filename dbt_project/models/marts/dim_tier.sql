select
    rules.policy_id,
    rules.policy_version,
    rules.tier_code,
    rules.tier_name,
    rules.tier_rank,
    rules.rule_text,
    policies.effective_from,
    policies.effective_to,
from {{ ref('tier_rules') }} as rules
inner join {{ ref('tier_policies') }} as policies
    on policies.policy_id = rules.policy_id
    and policies.policy_version = rules.policy_version
