{{ config(description='The movement tables say joined and left for people who have no tier at one end.') }}
select
    rules.policy_id,
    rules.policy_version,
    rules.tier_code,
from {{ ref('tier_rules') }} as rules
where rules.tier_code in ('joined', 'left')
