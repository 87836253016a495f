-- Grain: policy version x evaluation kind x scope x employee x as-of date. The tier, its range and its reason.
{%- set readings = tier_readings() %}
{%- set rules = tier_rule_rows() %}
with evidence as (
    select
        evidence.*,
        groups.person_number is not null as needs_cutoffs,
        groups.group_level,
        groups.group_code,
        groups.cutoffs_from,
        coalesce(groups.observed_percentile_bits, 0) as observed_percentile_bits,
        coalesce(groups.low_percentile_bits, 0) as low_percentile_bits,
        coalesce(groups.high_percentile_bits, 0) as high_percentile_bits,
        {% for reading in readings -%}
        coalesce(scores.{{ reading }}_rule_bits, 0) as {{ reading }}_score_bits,
        {% endfor -%}
        scores.observed_score as score,
    from {{ ref('int_tier_evidence') }} as evidence
    left join {{ ref('int_tier_group') }} as groups
        on groups.policy_id = evidence.policy_id
        and groups.policy_version = evidence.policy_version
        and groups.evaluation_kind = evidence.evaluation_kind
        and groups.scope_number = evidence.scope_number
        and groups.person_number = evidence.person_number
        and groups.as_of_date = evidence.as_of_date
    left join {{ ref('int_tier_score') }} as scores
        on scores.policy_id = evidence.policy_id
        and scores.policy_version = evidence.policy_version
        and scores.evaluation_kind = evidence.evaluation_kind
        and scores.scope_number = evidence.scope_number
        and scores.person_number = evidence.person_number
        and scores.as_of_date = evidence.as_of_date
),

-- the first rule that holds decides, once for each reading
matched as (
    select
        evidence.*,
        {% for reading, figures in readings.items() -%}
        {{ deciding_rule(rules, figures) }} as {{ reading }}_rule_number,
        {% endfor -%}
        case
            when not evidence.has_access and evidence.active_day_count = 0 then 'no_access'
            when evidence.expected_thousandths < least(evidence.minimum_expected_thousandths, evidence.minimum_pattern_thousandths)
                then case when evidence.hired_date >= evidence.window_from then 'too_new' else 'absent' end
            when evidence.needs_cutoffs and evidence.group_level is null then 'no_cutoffs'
        end as not_rated_reason,
    from evidence
),

-- with nothing observed but days off the observed reading can fall outside the range: the nearer end holds
decided as (
    select
        matched.* replace (
            greatest(matched.high_rule_number, least(matched.observed_rule_number, matched.low_rule_number)) as observed_rule_number
        ),
    from matched
),

named as (
    select
        decided.*,
        {% for reading in readings -%}
        {{ reading }}_rules.tier_code as {{ reading }}_tier_code,
        {% endfor -%}
        decided.observed_thousandths * 100 < decided.coverage_floor_percent * decided.expected_thousandths
            and decided.low_rule_number <> decided.high_rule_number as is_unknown,
    from decided
    {% for reading in readings -%}
    inner join {{ ref('tier_rules') }} as {{ reading }}_rules
        on {{ reading }}_rules.policy_id = decided.policy_id
        and {{ reading }}_rules.policy_version = decided.policy_version
        and {{ reading }}_rules.rule_number = decided.{{ reading }}_rule_number
    {% endfor -%}
),

final as (
    select
        named.policy_id,
        named.policy_version,
        named.evaluation_kind,
        named.scope_code,
        named.employee_key,
        named.as_of_date,
        named.window_from,
        named.window_to,
        case
            when named.not_rated_reason is not null then 'not_rated'
            when named.is_unknown then 'unknown'
            else named.observed_tier_code
        end as tier_code,
        case when named.not_rated_reason is null then named.low_tier_code end as tier_low_code,
        case when named.not_rated_reason is null then named.high_tier_code end as tier_high_code,
        case when named.not_rated_reason is null then named.low_tier_code = named.high_tier_code end as is_firm,
        coalesce(
            named.not_rated_reason,
            case when named.is_unknown then 'coverage' end,
            -- the group was too small to have cut-offs of its own
            case when named.group_level = 'company' then 'company_cutoffs' end
        ) as reason_code,
        case when named.not_rated_reason is null and not named.is_unknown then named.observed_rule_number end as rule_number,
        named.has_access,
        named.expected_thousandths,
        named.observed_thousandths,
        named.active_thousandths,
        named.substantive_thousandths,
        named.active_day_count,
        named.unobserved_day_count,
        named.active_week_count,
        named.reached_week_count,
        named.used_tool_count,
        named.usable_tool_count,
        named.intentional_action_count,
        named.measure_value,
        named.observed_week_weight,
        named.score,
        case
            when named.observed_week_weight > 0
                then {{ rounded_ratio('cast(named.measure_value as hugeint) * 1000', 'named.observed_week_weight', 6) }}
        end as weekly_mean,
        named.group_level,
        named.group_code,
        named.cutoffs_from,
        least(named.minimum_expected_thousandths, named.minimum_pattern_thousandths) as needed_expected_thousandths,
        coalesce(named.hired_date >= named.window_from, false) as is_hired_in_window,
        named.used_tools,
        named.granted_tools,
    from named
)

select * from final
