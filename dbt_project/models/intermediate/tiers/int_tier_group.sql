-- Grain: due tier x scope x person, for policies with percentiles. With whose cut-offs a person is compared
-- (those of the line of business, else, where it is too small to have any, those of the company), and which rules' percentiles are
-- reached, one bit for each rule number.
with percentile_policies as (
    select distinct
        rules.policy_id,
        rules.policy_version,
    from {{ ref('tier_rules') }} as rules
    where rules.minimum_percentile is not null
),

cutoff_sets as (
    select distinct
        cutoffs.policy_id,
        cutoffs.policy_version,
        cutoffs.scope_code,
        cutoffs.group_level,
        cutoffs.group_code,
        cutoffs.valid_from,
        {{ span_closed('cutoffs.valid_to') }} as valid_to,
    from {{ ref('int_tier_cutoff') }} as cutoffs
),

grouped as (
    select
        evidence.due_number,
        evidence.scope_number,
        evidence.person_number,
        due.policy_id,
        due.policy_version,
        scopes.scope_code,
        evidence.measure_value,
        evidence.observed_week_weight,
        evidence.week_weight,
        evidence.has_missing_day,
        coalesce(lines.group_level, company.group_level) as group_level,
        coalesce(lines.group_code, company.group_code) as group_code,
        coalesce(lines.valid_from, company.valid_from) as cutoffs_from,
    from {{ ref('int_tier_evidence') }} as evidence
    inner join {{ ref('int_tier_due') }} as due
        on due.due_number = evidence.due_number
    inner join percentile_policies
        on percentile_policies.policy_id = due.policy_id
        and percentile_policies.policy_version = due.policy_version
    inner join {{ ref('int_tier_subject') }} as subjects
        on subjects.due_number = evidence.due_number
        and subjects.person_number = evidence.person_number
    inner join (
        select distinct scopes.scope_code, scopes.scope_number from {{ ref('int_scope_tool_mode') }} as scopes
    ) as scopes
        on scopes.scope_number = evidence.scope_number
    left join cutoff_sets as lines
        on lines.policy_id = due.policy_id
        and lines.policy_version = due.policy_version
        and lines.scope_code = scopes.scope_code
        and lines.group_level = 'line_of_business'
        and lines.group_code = subjects.line_of_business
        and lines.valid_from <= due.as_of_date
        and lines.valid_to > due.as_of_date
    left join cutoff_sets as company
        on company.policy_id = due.policy_id
        and company.policy_version = due.policy_version
        and company.scope_code = scopes.scope_code
        and company.group_level = 'company'
        and company.valid_from <= due.as_of_date
        and company.valid_to > due.as_of_date
),

thresholds as (
    select
        cutoffs.policy_id,
        cutoffs.policy_version,
        cutoffs.scope_code,
        cutoffs.group_level,
        cutoffs.group_code,
        cutoffs.valid_from,
        cutoffs.weekly_mean,
        {{ rule_bit('rules.rule_number') }} as rule_bit,
    from {{ ref('int_tier_cutoff') }} as cutoffs
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = cutoffs.policy_id
        and rules.policy_version = cutoffs.policy_version
        and rules.minimum_percentile = cutoffs.percentile
),

final as (
    select
        grouped.due_number,
        grouped.scope_number,
        grouped.person_number,
        grouped.group_level,
        grouped.group_code,
        grouped.cutoffs_from,
        {% for reading, weight in [('observed', 'observed_week_weight'), ('low', 'week_weight'), ('high', 'week_weight')] -%}
        cast(coalesce(sum(
            case
                when grouped.{{ weight }} > 0
                    and (
                        {%- if reading == 'high' %}
                        grouped.has_missing_day or
                        {%- endif %}
                        grouped.measure_value * 1000 >= thresholds.weekly_mean * grouped.{{ weight }}
                    )
                    then thresholds.rule_bit
            end
        ), 0) as bigint) as {{ reading }}_percentile_bits,
        {% endfor -%}
    from grouped
    left join thresholds
        on thresholds.policy_id = grouped.policy_id
        and thresholds.policy_version = grouped.policy_version
        and thresholds.scope_code = grouped.scope_code
        and thresholds.group_level = grouped.group_level
        and thresholds.group_code = grouped.group_code
        and thresholds.valid_from = grouped.cutoffs_from
    group by
        grouped.due_number,
        grouped.scope_number,
        grouped.person_number,
        grouped.group_level,
        grouped.group_code,
        grouped.cutoffs_from
)

select * from final
