with texts as (
    {{ tier_texts(
        ref('int_evidence_figure'), ref('tier_policies'), ref('tier_rules'), ref('tier_score_parts'), ref('int_tier_cutoff')
    ) | indent(4) }}
),

final as (
    select
        texts.policy_id,
        texts.policy_version,
        texts.scope_code,
        texts.employee_key,
        texts.as_of_date,
        texts.window_from as window_from_date,
        texts.window_to as window_to_date,
        texts.tier_code,
        texts.tier_low_code,
        texts.tier_high_code,
        texts.is_firm,
        texts.reason_code,
        texts.rule_number,
        {% for weight in ['expected', 'observed', 'active', 'substantive', 'needed_expected'] -%}
        cast(texts.{{ weight }}_thousandths / 1000.0 as decimal(9, 3)) as {{ weight }}_day_count,
        {% endfor -%}
        cast(texts.active_day_count as integer) as active_date_count,
        cast(texts.active_expected_date_count as integer) as active_expected_date_count,
        cast(texts.expected_date_count as integer) as expected_date_count,
        cast(texts.not_expected_date_count as integer) as not_expected_date_count,
        cast(texts.not_employed_date_count as integer) as not_employed_date_count,
        cast(texts.not_in_use_date_count as integer) as not_in_use_date_count,
        cast(texts.unobserved_day_count as integer) as unobserved_date_count,
        cast(texts.unobserved_expected_date_count as integer) as unobserved_expected_date_count,
        cast(texts.partly_observed_date_count as integer) as partly_observed_date_count,
        cast(texts.missing_feed_date_count as integer) as missing_feed_date_count,
        cast(texts.active_week_count as integer) as active_week_count,
        cast(texts.reached_week_count as integer) as reached_week_count,
        cast(texts.observed_week_weight / 1000.0 as decimal(9, 3)) as observed_week_count,
        cast(texts.measure_value as bigint) as measure_value,
        cast(texts.weekly_mean as decimal(18, 6)) as weekly_mean,
        cast(texts.intentional_action_count as bigint) as intentional_action_count,
        cast(texts.used_tool_count as integer) as used_tool_count,
        cast(texts.usable_tool_count as integer) as usable_tool_count,
        texts.score_of_100 as score,
        texts.group_level,
        texts.group_code,
        texts.cutoffs_from as cutoffs_from_date,
        texts.has_access,
        texts.is_hired_in_window,
        texts.tool_set_code,
        cast(texts.delivery_count as integer) as delivery_count,
        texts.rule_text,
        texts.thresholds_text,
        texts.next_tier_text,
        texts.days_text,
    from texts
)

select * from final
