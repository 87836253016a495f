{{ config(description='The rows of a period add up to all people with a tier on its two Sundays: nobody is dropped, nobody counted twice.') }}
with weeks as (
    select
        tiers.policy_id,
        tiers.scope_code,
        tiers.week_start_date + 6 as as_of_date,
        count(*) as employee_count,
    from {{ ref('fct_employee_tier_weekly') }} as tiers
    {% if not var('audit_full') -%}
    where tiers.week_start_date in (
        select comparisons.from_week_start_date from {{ ref('int_tier_comparison') }} as comparisons
        union
        select comparisons.to_week_start_date from {{ ref('int_tier_comparison') }} as comparisons
    )
    {%- endif %}
    group by tiers.policy_id, tiers.scope_code, tiers.week_start_date
),

periods as (
    select
        movement.policy_id,
        movement.scope_code,
        movement.period_kind,
        movement.period_start_date,
        movement.from_as_of_date,
        movement.to_as_of_date,
        sum(case when movement.from_tier_code = 'joined' then 0 else movement.employee_count end) as from_count,
        sum(case when movement.to_tier_code = 'left' then 0 else movement.employee_count end) as to_count,
    from {{ ref('tier_movement') }} as movement
    {% if not var('audit_full') -%}
    where exists (
        select 1
        from {{ ref('int_tier_comparison') }} as comparisons
        where comparisons.policy_id = movement.policy_id
            and comparisons.comparison_kind = movement.period_kind
            and comparisons.period_start_date = movement.period_start_date
    )
    {%- endif %}
    group by
        movement.policy_id,
        movement.scope_code,
        movement.period_kind,
        movement.period_start_date,
        movement.from_as_of_date,
        movement.to_as_of_date
)

select periods.*
from periods
left join weeks as from_weeks
    on from_weeks.policy_id = periods.policy_id
    and from_weeks.scope_code = periods.scope_code
    and from_weeks.as_of_date = periods.from_as_of_date
left join weeks as to_weeks
    on to_weeks.policy_id = periods.policy_id
    and to_weeks.scope_code = periods.scope_code
    and to_weeks.as_of_date = periods.to_as_of_date
where periods.from_count <> coalesce(from_weeks.employee_count, 0)
    or periods.to_count <> coalesce(to_weeks.employee_count, 0)
