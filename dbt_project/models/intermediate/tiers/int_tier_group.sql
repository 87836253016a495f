-- Grain: policy version x evaluation kind x scope x employee x as-of date, for policies with percentiles. With whose cut-offs a person is compared:
-- those of the line of business, else, where it is too small to have any, those of the company.
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

final as (
    select
        evidence.policy_id,
        evidence.policy_version,
        evidence.evaluation_kind,
        evidence.scope_code,
        evidence.employee_key,
        evidence.as_of_date,
        coalesce(lines.group_level, company.group_level) as group_level,
        coalesce(lines.group_code, company.group_code) as group_code,
        coalesce(lines.valid_from, company.valid_from) as cutoffs_from,
    from {{ ref('int_tier_evidence') }} as evidence
    inner join percentile_policies
        on percentile_policies.policy_id = evidence.policy_id
        and percentile_policies.policy_version = evidence.policy_version
    left join cutoff_sets as lines
        on lines.policy_id = evidence.policy_id
        and lines.policy_version = evidence.policy_version
        and lines.scope_code = evidence.scope_code
        and lines.group_level = 'line_of_business'
        and lines.group_code = evidence.line_of_business
        and lines.valid_from <= evidence.as_of_date
        and lines.valid_to > evidence.as_of_date
    left join cutoff_sets as company
        on company.policy_id = evidence.policy_id
        and company.policy_version = evidence.policy_version
        and company.scope_code = evidence.scope_code
        and company.group_level = 'company'
        and company.valid_from <= evidence.as_of_date
        and company.valid_to > evidence.as_of_date
)

select * from final
