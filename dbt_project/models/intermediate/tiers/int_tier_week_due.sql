-- Grain: policy x week x employee, `*` for everybody. Weekly tiers that this run evaluates, and those of people who may have none any more.
with policies as (
    select distinct
        policies.policy_id,
        policies.policy_version,
        policies.window_unit,
    from {{ ref('tier_policies') }} as policies
),

-- as of the Sunday; a policy that counts in weeks has rows of its own for that
sundays as (
    select
        due.policy_id,
        due.as_of_date,
        due.is_for_everybody,
    from {{ ref('int_tier_due') }} as due
    inner join policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
    where {{ iso_weekday('due.as_of_date') }} = 7
        and due.evaluation_kind = case when policies.window_unit = 'week' then 'weekly' else 'daily' end
),

touched as (
    select
        touched.employee_key,
        min(touched.from_date) as from_date,
    from {{ ref('int_touched_person') }} as touched
    group by touched.employee_key
),

final as (
    select distinct
        sundays.policy_id,
        sundays.as_of_date - 6 as week_start_date,
        '*' as employee_key,
    from sundays
    where sundays.is_for_everybody
    union all
    select distinct
        sundays.policy_id,
        sundays.as_of_date - 6 as week_start_date,
        touched.employee_key,
    from sundays
    inner join touched
        on touched.from_date <= sundays.as_of_date
    where not sundays.is_for_everybody
)

select * from final
