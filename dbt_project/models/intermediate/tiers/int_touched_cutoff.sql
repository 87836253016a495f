-- Grain: policy version. The earliest date from which other cut-offs hold than in the generation before.
with now_known as (
    select
        cutoffs.policy_id,
        cutoffs.policy_version,
        cutoffs.scope_code,
        cutoffs.group_level,
        cutoffs.group_code,
        cutoffs.percentile,
        cutoffs.weekly_mean,
        cutoffs.valid_from,
    from {{ ref('int_tier_cutoff') }} as cutoffs
),

known_before as (
    {{ published_before('ops', 'tier_cutoff', {
        'policy_id': 'varchar',
        'policy_version': 'integer',
        'scope_code': 'varchar',
        'group_level': 'varchar',
        'group_code': 'varchar',
        'percentile': 'integer',
        'weekly_mean': 'decimal(18, 6)',
        'valid_from': 'date',
    }) }}
),

different as (
    (select * from now_known except select * from known_before)
    union all
    (select * from known_before except select * from now_known)
),

final as (
    select
        different.policy_id,
        different.policy_version,
        min(different.valid_from) as from_date,
    from different
    group by different.policy_id, different.policy_version
)

select * from final
