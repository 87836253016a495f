{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_compared('week', 'month') }}",
) }}

with comparisons as (
    select *
    from {{ ref('int_tier_comparison') }} as comparisons
    where comparisons.comparison_kind in ('week', 'month')
        and comparisons.is_published
),

tiers as (
    select * from {{ ref('int_compared_tier_week') }}
),

rules as (
    select * from {{ ref('tier_rules') }}
),

before_period as (
    select
        comparisons.comparison_number,
        tiers.employee_number,
        tiers.rule_number,
        tiers.is_firm,
        tiers.group_name,
    from comparisons
    inner join tiers
        on tiers.series_number = comparisons.series_number
        and tiers.week_start_date = comparisons.from_week_start_date
),

end_of_period as (
    select
        comparisons.comparison_number,
        tiers.employee_number,
        tiers.rule_number,
        tiers.is_firm,
        tiers.group_name,
    from comparisons
    inner join tiers
        on tiers.series_number = comparisons.series_number
        and tiers.week_start_date = comparisons.to_week_start_date
),

-- full: whoever is at one end only has joined or left, and nobody of either end is lost
counted as (
    select
        coalesce(before_period.comparison_number, end_of_period.comparison_number) as comparison_number,
        before_period.rule_number as from_rule_number,
        end_of_period.rule_number as to_rule_number,
        coalesce(before_period.group_name <> end_of_period.group_name, false) as is_group_changed,
        count(*) as employee_count,
        count(case when coalesce(before_period.is_firm, true) and coalesce(end_of_period.is_firm, true) then 1 end) as firm_count,
    from before_period
    full outer join end_of_period
        on end_of_period.comparison_number = before_period.comparison_number
        and end_of_period.employee_number = before_period.employee_number
    group by
        coalesce(before_period.comparison_number, end_of_period.comparison_number),
        before_period.rule_number,
        end_of_period.rule_number,
        coalesce(before_period.group_name <> end_of_period.group_name, false)
),

named as (
    select
        comparisons.*,
        case
            when counted.to_rule_number is null then comparisons.from_policy_version
            when counted.from_rule_number is null then comparisons.to_policy_version
            when comparisons.from_policy_version = comparisons.to_policy_version then comparisons.to_policy_version
        end as policy_version,
        coalesce(from_rules.tier_code, 'joined') as from_tier_code,
        coalesce(to_rules.tier_code, 'left') as to_tier_code,
        -- with a tier at one end only there is nothing to compare, and nothing to refuse
        case
            when counted.from_rule_number is not null and counted.to_rule_number is not null
                then {{ refusal('comparisons.refusal_reason', 'counted.is_group_changed') }}
        end as stated_reason,
        counted.employee_count,
        counted.firm_count,
    from counted
    inner join comparisons
        on comparisons.comparison_number = counted.comparison_number
    left join rules as from_rules
        on from_rules.policy_id = comparisons.policy_id
        and from_rules.policy_version = comparisons.from_policy_version
        and from_rules.rule_number = counted.from_rule_number
    left join rules as to_rules
        on to_rules.policy_id = comparisons.policy_id
        and to_rules.policy_version = comparisons.to_policy_version
        and to_rules.rule_number = counted.to_rule_number
),

stated as (
    select
        named.policy_id,
        named.policy_version,
        named.scope_code,
        named.comparison_kind as period_kind,
        named.period_start_date,
        named.from_week_start_date + 6 as from_as_of_date,
        named.to_week_start_date + 6 as to_as_of_date,
        case when named.stated_reason is null then named.from_tier_code end as from_tier_code,
        case when named.stated_reason is null then named.to_tier_code end as to_tier_code,
        named.stated_reason is null as is_comparable,
        named.stated_reason as refusal_reason,
        named.employee_count,
        case when named.stated_reason is null then named.firm_count end as firm_count,
    from named
),

final as (
    select
        {% for column in [
            'policy_id', 'policy_version', 'scope_code', 'period_kind', 'period_start_date', 'from_as_of_date',
            'to_as_of_date', 'from_tier_code', 'to_tier_code', 'is_comparable', 'refusal_reason',
        ] -%}
        stated.{{ column }},
        {% endfor -%}
        cast(sum(stated.employee_count) as bigint) as employee_count,
        cast(sum(stated.firm_count) as bigint) as firm_count,
    from stated
    group by
        stated.policy_id,
        stated.policy_version,
        stated.scope_code,
        stated.period_kind,
        stated.period_start_date,
        stated.from_as_of_date,
        stated.to_as_of_date,
        stated.from_tier_code,
        stated.to_tier_code,
        stated.is_comparable,
        stated.refusal_reason
)

select * from final
