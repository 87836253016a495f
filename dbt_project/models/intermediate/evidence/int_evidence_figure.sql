-- Grain: scope x employee. The tiers of the default policy on the published as-of date with all figures that their texts are written from.
with due as (
    select * from {{ ref('int_evidence_due') }}
),

deliveries as (
    select
        sets.scope_code,
        sets.tool_bits,
        sets.tool_set_code,
        count(distinct sets.delivery_id) as delivery_count,
    from {{ ref('int_evidence_tool_set') }} as sets
    group by sets.scope_code, sets.tool_bits, sets.tool_set_code
),

final as (
    select
        tiers.*,
        groups.group_level,
        groups.group_code,
        groups.cutoffs_from,
        coalesce(days.expected_date_count, 0) as expected_date_count,
        coalesce(days.not_expected_date_count, 0) as not_expected_date_count,
        coalesce(days.not_employed_date_count, tiers.window_to - tiers.window_from + 1) as not_employed_date_count,
        coalesce(days.not_in_use_date_count, 0) as not_in_use_date_count,
        coalesce(days.active_expected_date_count, 0) as active_expected_date_count,
        coalesce(days.unobserved_expected_date_count, 0) as unobserved_expected_date_count,
        coalesce(days.partly_observed_date_count, 0) as partly_observed_date_count,
        coalesce(missing.missing_feed_date_count, 0) as missing_feed_date_count,
        missing.missing_feeds_text,
        deliveries.tool_set_code,
        deliveries.delivery_count,
    from {{ ref('int_tier_figure') }} as tiers
    inner join due
        on due.policy_id = tiers.policy_id
        and due.policy_version = tiers.policy_version
        and due.as_of_date = tiers.as_of_date
    inner join deliveries
        on deliveries.scope_code = tiers.scope_code
        and deliveries.tool_bits = tiers.used_tools | tiers.granted_tools
    -- hired after the end of the window: none of its days
    left join {{ ref('int_evidence_day_count') }} as days
        on days.scope_code = tiers.scope_code
        and days.employee_key = tiers.employee_key
    left join {{ ref('int_evidence_missing_feed') }} as missing
        on missing.scope_code = tiers.scope_code
        and missing.employee_key = tiers.employee_key
    left join {{ ref('int_tier_group') }} as groups
        on groups.due_number = tiers.due_number
        and groups.scope_number = tiers.scope_number
        and groups.person_number = tiers.person_number
    where tiers.evaluation_kind = 'daily'
)

select * from final
