-- Grain: policy version x evaluation kind x scope x employee x as-of date. The tier, its range and its reason.
{%- set readings = tier_readings() %}
with rules as (
    select * from {{ ref('tier_rules') }}
),

evidence as (
    select
        evidence.*,
        groups.policy_id is not null as needs_cutoffs,
        groups.group_level,
        groups.group_code,
        groups.cutoffs_from,
        row_number() over () as evidence_number,
    from {{ ref('int_tier_evidence') }} as evidence
    left join {{ ref('int_tier_group') }} as groups
        on groups.policy_id = evidence.policy_id
        and groups.policy_version = evidence.policy_version
        and groups.evaluation_kind = evidence.evaluation_kind
        and groups.scope_code = evidence.scope_code
        and groups.employee_key = evidence.employee_key
        and groups.as_of_date = evidence.as_of_date
),

-- a row for each rule with what it needs beside the evidence
asked as (
    select
        evidence.* exclude (cutoffs_from),
        rules.rule_number,
        cutoffs.weekly_mean as percentile_weekly_mean,
        {% for reading in readings -%}
        scores.{{ reading }}_score_holds,
        {% endfor -%}
    from evidence
    inner join rules
        on rules.policy_id = evidence.policy_id
        and rules.policy_version = evidence.policy_version
        and rules.is_rated
    left join {{ ref('int_tier_cutoff') }} as cutoffs
        on cutoffs.policy_id = evidence.policy_id
        and cutoffs.policy_version = evidence.policy_version
        and cutoffs.scope_code = evidence.scope_code
        and cutoffs.group_level = evidence.group_level
        and cutoffs.group_code = evidence.group_code
        and cutoffs.valid_from = evidence.cutoffs_from
        and cutoffs.percentile = rules.minimum_percentile
    left join {{ ref('int_tier_score_rule') }} as scores
        on scores.policy_id = evidence.policy_id
        and scores.policy_version = evidence.policy_version
        and scores.evaluation_kind = evidence.evaluation_kind
        and scores.scope_code = evidence.scope_code
        and scores.employee_key = evidence.employee_key
        and scores.as_of_date = evidence.as_of_date
        and scores.rule_number = rules.rule_number
),

-- the first rule that holds decides, once for each reading
decided as (
    select
        evidence.evidence_number,
        {% for reading, figures in readings.items() -%}
        min(case when {{ rule_holds(figures) }} then rules.rule_number end) as {{ reading }}_rule_number,
        {% endfor -%}
    from asked as evidence
    inner join rules
        on rules.policy_id = evidence.policy_id
        and rules.policy_version = evidence.policy_version
        and rules.rule_number = evidence.rule_number
    group by evidence.evidence_number
),

named as (
    select
        evidence.*,
        decided.observed_rule_number,
        {% for reading in readings -%}
        {{ reading }}_rules.tier_code as {{ reading }}_tier_code,
        {% endfor -%}
        case
            when not evidence.has_access and evidence.active_day_count = 0 then 'no_access'
            when evidence.expected_thousandths < least(evidence.minimum_expected_thousandths, evidence.minimum_pattern_thousandths)
                then case when evidence.hired_date >= evidence.window_from then 'too_new' else 'absent' end
            when evidence.needs_cutoffs and evidence.group_level is null then 'no_cutoffs'
        end as not_rated_reason,
        evidence.observed_thousandths * 100 < evidence.coverage_floor_percent * evidence.expected_thousandths
            and low_rules.tier_code <> high_rules.tier_code as is_unknown,
    from evidence
    inner join decided
        on decided.evidence_number = evidence.evidence_number
    {% for reading in readings -%}
    inner join rules as {{ reading }}_rules
        on {{ reading }}_rules.policy_id = evidence.policy_id
        and {{ reading }}_rules.policy_version = evidence.policy_version
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
