-- Grain: policy version. The earliest date from which other cut-offs hold than in the generation before, or than on its last date.
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

-- cut-offs known of before begin to hold between the date published last and this one
beginning as (
    select
        now_known.policy_id,
        now_known.policy_version,
        now_known.valid_from,
    from now_known
    inner join {{ source('run', 'run_window') }} as run_window
        on run_window.previous_as_of_date < now_known.valid_from
        and run_window.as_of_date >= now_known.valid_from
),

touched as (
    select
        different.policy_id,
        different.policy_version,
        different.valid_from,
    from different
    union all
    select * from beginning
),

final as (
    select
        touched.policy_id,
        touched.policy_version,
        min(touched.valid_from) as from_date,
    from touched
    group by touched.policy_id, touched.policy_version
)

select * from final
