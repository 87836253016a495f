select
    policy_scopes.policy_id,
    scopes.scope_code,
    scopes.scope_name,
    scopes.tool_id,
from {{ ref('tier_policy_scopes') }} as policy_scopes
inner join {{ ref('scopes') }} as scopes
    on scopes.scope_code = policy_scopes.scope_code
