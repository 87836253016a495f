select
    cutoffs.policy_id,
    cutoffs.policy_version,
    cutoffs.scope_code,
    cutoffs.group_level,
    cutoffs.group_code,
    cutoffs.percentile,
    cutoffs.weekly_mean,
    cutoffs.person_count,
    cutoffs.valid_from,
    cutoffs.valid_to,
    cutoffs.delivery_id,
from {{ ref('int_tier_cutoff') }} as cutoffs
