-- Grain: policy version x scope x group x percentile x validity. The cut-offs that hold, each set until the next of its version.
with records as (
    select * from {{ ref('int_tier_cutoff_record') }}
    where record_status = 'accepted'
),

-- sets follow each other per policy version, also where a scope or a group is in the one and not in the next
sets as (
    select
        records.policy_id,
        records.policy_version,
        records.effective_from,
        lead(records.effective_from) over (
            partition by records.policy_id, records.policy_version
            order by records.effective_from
        ) as next_effective_from,
    from records
    group by records.policy_id, records.policy_version, records.effective_from
),

final as (
    select
        records.policy_id,
        records.policy_version,
        records.scope_code,
        records.group_level,
        records.group_code,
        records.percentile,
        records.weekly_mean,
        records.person_count,
        records.effective_from as valid_from,
        sets.next_effective_from as valid_to,
        records.delivery_id,
    from records
    inner join sets
        on sets.policy_id = records.policy_id
        and sets.policy_version = records.policy_version
        and sets.effective_from = records.effective_from
)

select * from final
