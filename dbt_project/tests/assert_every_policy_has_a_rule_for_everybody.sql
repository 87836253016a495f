{{ config(description='Each policy version ends in a rated rule without a condition, and says what unknown and not rated mean.') }}
select
    policies.policy_id,
    policies.policy_version,
from {{ ref('tier_policies') }} as policies
left join {{ ref('tier_rules') }} as rules
    on rules.policy_id = policies.policy_id
    and rules.policy_version = policies.policy_version
group by policies.policy_id, policies.policy_version
having count(
    case
        when rules.is_rated
            and rules.minimum_substantive_percent is null
            and rules.minimum_active_percent is null
            and not rules.needs_active_day
            then 1
    end
) <> 1
or count(case when rules.tier_code in ('unknown', 'not_rated') and not rules.is_rated then 1 end) <> 2
