{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_compared('retention') }}",
) }}

with comparisons as (
    select *
    from {{ ref('int_tier_comparison') }} as comparisons
    where comparisons.comparison_kind = 'retention'
        and comparisons.is_published
),

tiers as (
    select * from {{ ref('int_compared_tier_week') }}
),

-- left: who has no later row has left, and is counted
followed as (
    select
        starting.rule_number,
        comparisons.comparison_number,
        coalesce(starting.group_name <> later.group_name, false) as is_group_changed,
        count(*) as start_count,
        count(later.rule_number) as later_count,
        count(case when later.is_rated then 1 end) as rated_count,
        count(case when later.rule_number = starting.rule_number then 1 end) as still_count,
    from comparisons
    inner join tiers as starting
        on starting.series_number = comparisons.series_number
        and starting.week_start_date = comparisons.from_week_start_date
        and starting.is_rated
    left join tiers as later
        on later.series_number = comparisons.series_number
        and later.week_start_date = comparisons.to_week_start_date
        and later.employee_number = starting.employee_number
    group by
        starting.rule_number,
        comparisons.comparison_number,
        coalesce(starting.group_name <> later.group_name, false)
),

counted as (
    select
        comparisons.policy_id,
        comparisons.from_policy_version as policy_version,
        comparisons.scope_code,
        rules.tier_code,
        comparisons.from_week_start_date as week_start_date,
        cast((comparisons.to_week_start_date - comparisons.from_week_start_date) / 7 as integer) as weeks_after,
        {{ refusal('comparisons.refusal_reason', 'followed.is_group_changed') }} as refusal_reason,
        followed.start_count,
        followed.still_count,
        followed.rated_count - followed.still_count as other_tier_count,
        followed.later_count - followed.rated_count as unrated_count,
        followed.start_count - followed.later_count as left_count,
    from followed
    inner join comparisons
        on comparisons.comparison_number = followed.comparison_number
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = comparisons.policy_id
        and rules.policy_version = comparisons.from_policy_version
        and rules.rule_number = followed.rule_number
),

summed as (
    select
        counted.policy_id,
        counted.policy_version,
        counted.scope_code,
        counted.tier_code,
        counted.week_start_date,
        counted.weeks_after,
        counted.refusal_reason,
        {% for column in ['start_count', 'still_count', 'other_tier_count', 'unrated_count', 'left_count'] -%}
        cast(sum(counted.{{ column }}) as bigint) as {{ column }},
        {% endfor %}
    from counted
    group by
        counted.policy_id,
        counted.policy_version,
        counted.scope_code,
        counted.tier_code,
        counted.week_start_date,
        counted.weeks_after,
        counted.refusal_reason
),

final as (
    select
        summed.policy_id,
        summed.policy_version,
        summed.scope_code,
        summed.tier_code,
        summed.week_start_date,
        summed.weeks_after,
        summed.refusal_reason is null as is_comparable,
        summed.refusal_reason,
        summed.start_count,
        {% for column in ['still_count', 'other_tier_count', 'unrated_count'] -%}
        case when summed.refusal_reason is null then summed.{{ column }} end as {{ column }},
        {% endfor -%}
        summed.left_count,
        -- of those rated both times: who left or was not rated has not dropped out of a tier
        case
            when summed.refusal_reason is null and summed.still_count + summed.other_tier_count > 0
                then cast({{ rounded_ratio('summed.still_count', 'summed.still_count + summed.other_tier_count', 4) }} as decimal(5, 4))
        end as still_share,
    from summed
)

select * from final
