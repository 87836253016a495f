-- Grain: policy version x evaluation kind x scope x employee x as-of date. The tiers of int_tier_evaluated with the figures they rest on.
{{ config(materialized='scratch_view') }}
with final as (
    select
        tiers.*,
        evidence.has_access,
        evidence.expected_thousandths,
        evidence.observed_thousandths,
        evidence.active_thousandths,
        evidence.substantive_thousandths,
        evidence.active_day_count,
        evidence.unobserved_day_count,
        evidence.active_week_count,
        evidence.reached_week_count,
        evidence.used_tool_count,
        evidence.usable_tool_count,
        evidence.intentional_action_count,
        evidence.measure_value,
        evidence.observed_week_weight,
        case
            when evidence.observed_week_weight > 0
                then {{ rounded_ratio('cast(evidence.measure_value as hugeint) * 1000', 'evidence.observed_week_weight', 6) }}
        end as weekly_mean,
        evidence.needed_expected_thousandths,
        evidence.is_hired_in_window,
        evidence.used_tools,
        evidence.granted_tools,
    from {{ ref('int_tier_evaluated') }} as tiers
    inner join {{ ref('int_tier_evidence') }} as evidence
        on evidence.due_number = tiers.due_number
        and evidence.scope_number = tiers.scope_number
        and evidence.person_number = tiers.person_number
)

select * from final
