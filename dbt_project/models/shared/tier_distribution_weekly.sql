{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_tier_weeks() }}",
) }}

with policy_weeks as (
    select distinct
        due.policy_id,
        due.week_start_date,
    from {{ ref('int_tier_week_due') }} as due
),

weeks as (
    select distinct
        policy_weeks.week_start_date,
        policy_weeks.week_start_date + 6 as week_end_date,
    from policy_weeks
),

-- as of the Sunday, like the tiers
employed as (
    select
        weeks.week_start_date,
        groups.group_kind,
        case when groups.group_kind = 'company' then 'all' else employment.line_of_business end as group_code,
        count(distinct employment.employee_id) as employed_count,
    from weeks
    inner join {{ ref('int_employment_span') }} as employment
        on employment.valid_from <= weeks.week_end_date
        and {{ span_closed('employment.valid_to') }} > weeks.week_end_date
    cross join (select 'company' as group_kind union all select 'line_of_business' as group_kind) as groups
    group by weeks.week_start_date, groups.group_kind, group_code
),

-- counted before they are compared with each tier: people of a bank are a million rows a week
tiers as (
    select
        tiers.policy_id,
        tiers.scope_code,
        tiers.week_start_date,
        groups.group_kind,
        case when groups.group_kind = 'company' then 'all' else people.line_of_business end as group_code,
        tiers.tier_code,
        tiers.tier_low_code,
        tiers.tier_high_code,
        tiers.is_firm,
        count(*) as people_count,
    from policy_weeks
    inner join {{ ref('fct_employee_tier_weekly') }} as tiers
        on tiers.policy_id = policy_weeks.policy_id
        and tiers.week_start_date = policy_weeks.week_start_date
    inner join {{ ref('int_working_pattern') }} as people
        on people.employee_key = tiers.employee_key
        and people.valid_from <= tiers.week_start_date + 6
        and {{ span_closed('people.valid_to') }} > tiers.week_start_date + 6
    cross join (select 'company' as group_kind union all select 'line_of_business' as group_kind) as groups
    group by
        tiers.policy_id,
        tiers.scope_code,
        tiers.week_start_date,
        groups.group_kind,
        group_code,
        tiers.tier_code,
        tiers.tier_low_code,
        tiers.tier_high_code,
        tiers.is_firm
),

included as (
    select
        tiers.policy_id,
        tiers.scope_code,
        tiers.week_start_date,
        tiers.group_kind,
        tiers.group_code,
        sum(tiers.people_count) as included_count,
    from tiers
    group by tiers.policy_id, tiers.scope_code, tiers.week_start_date, tiers.group_kind, tiers.group_code
),

counted as (
    select
        included.policy_id,
        included.scope_code,
        included.week_start_date,
        included.group_kind,
        included.group_code,
        rules.tier_code,
        included.included_count,
        sum(case when tiers.tier_code = rules.tier_code then tiers.people_count else 0 end) as tier_count,
        sum(case when tiers.tier_code = rules.tier_code and tiers.is_firm then tiers.people_count else 0 end) as firm_count,
        sum(case when tiers.tier_low_code = rules.tier_code then tiers.people_count else 0 end) as tier_low_count,
        sum(case when tiers.tier_high_code = rules.tier_code then tiers.people_count else 0 end) as tier_high_count,
    from included
    inner join (select distinct rules.policy_id, rules.tier_code from {{ ref('tier_rules') }} as rules) as rules
        on rules.policy_id = included.policy_id
    inner join tiers
        on tiers.policy_id = included.policy_id
        and tiers.scope_code = included.scope_code
        and tiers.week_start_date = included.week_start_date
        and tiers.group_kind = included.group_kind
        and tiers.group_code is not distinct from included.group_code
    where included.included_count >= {{ smallest_group() }}
    group by
        included.policy_id,
        included.scope_code,
        included.week_start_date,
        included.group_kind,
        included.group_code,
        rules.tier_code,
        included.included_count
),

-- a group nobody of which is covered by an agreement shows how many are employed, and nothing else
without_agreement as (
    select
        scopes.policy_id,
        scopes.scope_code,
        employed.week_start_date,
        employed.group_kind,
        employed.group_code,
        employed.employed_count,
    from employed
    inner join policy_weeks
        on policy_weeks.week_start_date = employed.week_start_date
    inner join {{ ref('tier_policy_scopes') }} as scopes
        on scopes.policy_id = policy_weeks.policy_id
    left join included
        on included.policy_id = scopes.policy_id
        and included.scope_code = scopes.scope_code
        and included.week_start_date = employed.week_start_date
        and included.group_kind = employed.group_kind
        and included.group_code = employed.group_code
    where included.group_code is null
),

final as (
    select
        counted.policy_id,
        counted.scope_code,
        counted.week_start_date,
        counted.group_kind,
        counted.group_code,
        counted.tier_code,
        cast(employed.employed_count as bigint) as employed_count,
        cast(counted.included_count as bigint) as included_count,
        cast(counted.tier_count as bigint) as tier_count,
        cast(counted.firm_count as bigint) as firm_count,
        cast(counted.tier_low_count as bigint) as tier_low_count,
        cast(counted.tier_high_count as bigint) as tier_high_count,
        cast(null as varchar) as suppression_reason,
    from counted
    inner join employed
        on employed.week_start_date = counted.week_start_date
        and employed.group_kind = counted.group_kind
        and employed.group_code = counted.group_code
    union all
    select
        without_agreement.policy_id,
        without_agreement.scope_code,
        without_agreement.week_start_date,
        without_agreement.group_kind,
        without_agreement.group_code,
        cast(null as varchar) as tier_code,
        cast(without_agreement.employed_count as bigint) as employed_count,
        cast(0 as bigint) as included_count,
        cast(null as bigint) as tier_count,
        cast(null as bigint) as firm_count,
        cast(null as bigint) as tier_low_count,
        cast(null as bigint) as tier_high_count,
        'no agreement on file' as suppression_reason,
    from without_agreement
    where without_agreement.employed_count >= {{ smallest_group() }}
)

select * from final
