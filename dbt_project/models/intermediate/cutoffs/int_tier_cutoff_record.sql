-- Grain: record of tiers/cutoffs. Which records hold, which repeat or are superseded, and which are refused.
with records as (
    select * from {{ ref('stg_tiers__cutoff') }}
),

rule_percentiles as (
    select
        rules.policy_id,
        rules.policy_version,
        count(distinct rules.minimum_percentile) as percentile_count,
    from {{ ref('tier_rules') }} as rules
    group by rules.policy_id, rules.policy_version
),

-- within one delivery the last line of a key wins
last_lines as (
    select
        records.*,
        row_number() over (
            partition by
                records.delivery_id,
                records.policy_id,
                records.policy_version,
                records.effective_from,
                records.scope_code,
                records.group_level,
                records.group_code,
                records.percentile
            order by records.record_line desc
        ) = 1 as is_last_line,
    from records
    where records.reject_reason is null
),

compared as (
    select
        last_lines.*,
        last_lines.weekly_mean < lag(last_lines.weekly_mean) over (
            partition by
                last_lines.delivery_id,
                last_lines.policy_id,
                last_lines.policy_version,
                last_lines.effective_from,
                last_lines.scope_code,
                last_lines.group_level,
                last_lines.group_code
            order by last_lines.percentile
        ) as falls,
    from last_lines
    where last_lines.is_last_line
),

-- a group stands or falls as a whole: half of its cut-offs would rate its people by two groups at once
group_reasons as (
    select
        compared.delivery_id,
        compared.policy_id,
        compared.policy_version,
        compared.effective_from,
        compared.scope_code,
        compared.group_level,
        compared.group_code,
        case
            when count(*) < max(rule_percentiles.percentile_count) then 'group: a percentile of the policy version is missing'
            when bool_or(coalesce(compared.falls, false)) then 'weekly_mean: falls while the percentile rises'
        end as reject_reason,
    from compared
    inner join rule_percentiles
        on rule_percentiles.policy_id = compared.policy_id
        and rule_percentiles.policy_version = compared.policy_version
    group by
        compared.delivery_id,
        compared.policy_id,
        compared.policy_version,
        compared.effective_from,
        compared.scope_code,
        compared.group_level,
        compared.group_code
),

judged as (
    select
        records.* exclude (reject_reason),
        coalesce(records.reject_reason, group_reasons.reject_reason) as reject_reason,
        coalesce(last_lines.is_last_line, false) as is_last_line,
    from records
    left join last_lines
        on last_lines.delivery_id = records.delivery_id
        and last_lines.record_line = records.record_line
    left join group_reasons
        on records.reject_reason is null
        and group_reasons.delivery_id = records.delivery_id
        and group_reasons.policy_id = records.policy_id
        and group_reasons.policy_version = records.policy_version
        and group_reasons.effective_from = records.effective_from
        and group_reasons.scope_code = records.scope_code
        and group_reasons.group_level = records.group_level
        and group_reasons.group_code = records.group_code
),

-- a delivery states the whole set of a policy version and date: the latest one takes the place of all before it
latest as (
    select
        judged.policy_id,
        judged.policy_version,
        judged.effective_from,
        judged.delivery_id,
        row_number() over (
            partition by judged.policy_id, judged.policy_version, judged.effective_from
            order by max(judged.rank_at) desc, max(judged.ledger_order) desc
        ) as preference,
    from judged
    where judged.reject_reason is null
    group by judged.policy_id, judged.policy_version, judged.effective_from, judged.delivery_id
),

final as (
    select
        judged.* exclude (is_last_line),
        case
            when judged.reject_reason is not null then 'rejected'
            when judged.is_last_line and latest.preference = 1 then 'accepted'
            else 'duplicate'
        end as record_status,
    from judged
    left join latest
        on latest.policy_id = judged.policy_id
        and latest.policy_version = judged.policy_version
        and latest.effective_from = judged.effective_from
        and latest.delivery_id = judged.delivery_id
)

select * from final
