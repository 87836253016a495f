-- Grain: series x employee x week, of the weeks that this run compares: a tier, and the group it is relative to, if any.
-- Numbers instead of names: these rows are joined with each other.
with comparisons as (
    select *
    from {{ ref('int_tier_comparison') }} as comparisons
    where comparisons.is_published
),

weeks as (
    select
        comparisons.series_number,
        comparisons.policy_id,
        comparisons.scope_code,
        comparisons.from_week_start_date as week_start_date,
        comparisons.from_policy_version as policy_version,
    from comparisons
    union
    select
        comparisons.series_number,
        comparisons.policy_id,
        comparisons.scope_code,
        comparisons.to_week_start_date as week_start_date,
        comparisons.to_policy_version as policy_version,
    from comparisons
),

employees as (
    select
        people.employee_key,
        cast(row_number() over (order by people.employee_key) as integer) as employee_number,
    from (select distinct versions.employee_key from {{ ref('dim_employee') }} as versions) as people
),

relative_weeks as (
    select distinct
        weeks.policy_id,
        weeks.week_start_date,
    from weeks
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = weeks.policy_id
        and rules.policy_version = weeks.policy_version
        and rules.minimum_percentile is not null
),

-- a tier that says where somebody stands among colleagues means nothing without these
colleagues as (
    select
        relative_weeks.policy_id,
        versions.employee_key,
        relative_weeks.week_start_date,
        versions.line_of_business,
    from relative_weeks
    inner join {{ ref('dim_employee') }} as versions
        on versions.valid_from <= relative_weeks.week_start_date + 6
        and {{ span_closed('versions.valid_to') }} > relative_weeks.week_start_date + 6
),

final as (
    select
        weeks.series_number,
        employees.employee_number,
        tiers.week_start_date,
        rules.rule_number,
        rules.is_rated,
        -- what is not rated does not hang on feeds
        coalesce(tiers.is_firm, true) as is_firm,
        case
            when colleagues.policy_id is null or not rules.is_rated then null
            when tiers.reason_code = 'company_cutoffs' then 'the company'
            else 'line of business ' || coalesce(colleagues.line_of_business, '')
        end as group_name,
    from {{ ref('fct_employee_tier_weekly') }} as tiers
    inner join weeks
        on weeks.policy_id = tiers.policy_id
        and weeks.scope_code = tiers.scope_code
        and weeks.week_start_date = tiers.week_start_date
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = tiers.policy_id
        and rules.policy_version = tiers.policy_version
        and rules.tier_code = tiers.tier_code
    inner join employees
        on employees.employee_key = tiers.employee_key
    left join colleagues
        on colleagues.policy_id = tiers.policy_id
        and colleagues.employee_key = tiers.employee_key
        and colleagues.week_start_date = tiers.week_start_date
)

select * from final
