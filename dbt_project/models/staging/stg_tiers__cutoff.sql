-- Grain: record of tiers/cutoffs, typed, with the reason where it is refused by itself.
with records as (
    {{ landed_records('tiers', 'cutoffs', touched_only=false) }}
),

rules as (
    select distinct
        rules.policy_id,
        rules.policy_version,
        rules.minimum_percentile as percentile,
    from {{ ref('tier_rules') }} as rules
    where rules.minimum_percentile is not null
),

-- landing judged each value by itself; here each is held against the policies as they are now
judged as (
    select
        records.*,
        case
            when records.reject_reason is not null then records.reject_reason
            when not exists (
                select 1 from rules
                where rules.policy_id = records.policy_id
                    and rules.policy_version = records.policy_version
            ) then 'policy_id, policy_version: no policy version with a percentile rule'
            when not exists (
                select 1 from rules
                where rules.policy_id = records.policy_id
                    and rules.policy_version = records.policy_version
                    and rules.percentile = records.percentile
            ) then 'percentile: in no rule of the policy version'
            when not exists (
                select 1 from {{ ref('tier_policy_scopes') }} as scopes
                where scopes.policy_id = records.policy_id
                    and scopes.scope_code = records.scope_code
            ) then 'scope_code: no scope of the policy'
            when records.group_level = 'company' and records.group_code <> 'all'
                then 'group_code: not all, as that of the company is'
        end as full_reject_reason,
    from records
),

final as (
    select
        judged.delivery_id,
        judged.record_line,
        judged.rank_at,
        judged.ledger_order,
        judged.activity_date as statement_date,
        judged.full_reject_reason as reject_reason,
        judged.policy_id,
        cast(judged.policy_version as integer) as policy_version,
        judged.effective_from,
        judged.scope_code,
        judged.group_level,
        judged.group_code,
        cast(judged.percentile as integer) as percentile,
        judged.weekly_mean,
        judged.person_count,
    from judged
)

select * from final
