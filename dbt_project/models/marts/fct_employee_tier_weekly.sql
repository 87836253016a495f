{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_evaluated_tier_weeks() }}",
) }}

-- the tier as of the week's Sunday; a policy that counts in weeks looks at that very week, so it has rows of its own for this
with due as (
    select distinct
        due.policy_id,
        due.week_start_date,
    from {{ ref('int_tier_week_due') }} as due
),

policies as (
    select * from {{ ref('tier_policies') }}
),

final as (
    select
        tiers.policy_id,
        tiers.policy_version,
        tiers.scope_code,
        tiers.employee_key,
        due.week_start_date,
        tiers.tier_code,
        tiers.tier_low_code,
        tiers.tier_high_code,
        tiers.is_firm,
        tiers.reason_code,
        cast(tiers.expected_thousandths / 1000.0 as decimal(9, 3)) as expected_day_count,
        cast(tiers.observed_thousandths / 1000.0 as decimal(9, 3)) as observed_day_count,
        cast(tiers.active_thousandths / 1000.0 as decimal(9, 3)) as active_day_count,
        cast(tiers.substantive_thousandths / 1000.0 as decimal(9, 3)) as substantive_day_count,
        cast(tiers.active_week_count as integer) as active_week_count,
        cast(tiers.intentional_action_count as bigint) as intentional_action_count,
        case
            when tiers.expected_thousandths > 0
                then cast(round(tiers.observed_thousandths / cast(tiers.expected_thousandths as double), 4) as decimal(5, 4))
        end as coverage_fraction,
        cast(tiers.weekly_mean as decimal(18, 6)) as weekly_mean,
    from {{ ref('int_tier_figure') }} as tiers
    inner join policies
        on policies.policy_id = tiers.policy_id
        and policies.policy_version = tiers.policy_version
        and tiers.evaluation_kind = case when policies.window_unit = 'week' then 'weekly' else 'daily' end
    inner join due
        on due.policy_id = tiers.policy_id
        and due.week_start_date + 6 = tiers.as_of_date
)

select * from final
