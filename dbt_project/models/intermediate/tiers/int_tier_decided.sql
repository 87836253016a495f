-- Grain: due tier x scope x person. The rules that decide, as observed and at both ends, and the reason where none does. No names
-- but the reason, as in int_tier_evidence; int_tier_evaluated has them.
{%- set readings = tier_readings() %}
{%- set rules = tier_rule_rows() %}
with evidence as (
    select
        evidence.*,
        due.policy_id,
        due.policy_version,
        policies.coverage_floor_percent,
        groups.person_number is not null as needs_cutoffs,
        groups.group_level,
        coalesce(groups.observed_percentile_bits, 0) as observed_percentile_bits,
        coalesce(groups.low_percentile_bits, 0) as low_percentile_bits,
        coalesce(groups.high_percentile_bits, 0) as high_percentile_bits,
        {% for reading in readings -%}
        coalesce(scores.{{ reading }}_rule_bits, 0) as {{ reading }}_score_bits,
        {% endfor -%}
    from {{ ref('int_tier_evidence') }} as evidence
    inner join {{ ref('int_tier_due') }} as due
        on due.due_number = evidence.due_number
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
    left join {{ ref('int_tier_group') }} as groups
        on groups.due_number = evidence.due_number
        and groups.scope_number = evidence.scope_number
        and groups.person_number = evidence.person_number
    left join {{ ref('int_tier_score') }} as scores
        on scores.due_number = evidence.due_number
        and scores.scope_number = evidence.scope_number
        and scores.person_number = evidence.person_number
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
            when evidence.expected_thousandths < evidence.needed_expected_thousandths
                then case when evidence.is_hired_in_window then 'too_new' else 'absent' end
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

covered as (
    select
        decided.*,
        decided.observed_thousandths * 100 < decided.coverage_floor_percent * decided.expected_thousandths
            and decided.low_rule_number <> decided.high_rule_number as is_unknown,
    from decided
),

final as (
    select
        covered.due_number,
        covered.scope_number,
        covered.person_number,
        case when covered.not_rated_reason is null and not covered.is_unknown then covered.observed_rule_number end as rule_number,
        case when covered.not_rated_reason is null then covered.low_rule_number end as low_rule_number,
        case when covered.not_rated_reason is null then covered.high_rule_number end as high_rule_number,
        coalesce(
            covered.not_rated_reason,
            case when covered.is_unknown then 'coverage' end,
            -- the group was too small to have cut-offs of its own
            case when covered.group_level = 'company' then 'company_cutoffs' end
        ) as reason_code,
    from covered
)

select * from final
