with employees as (
    select distinct employees.employee_key
    from {{ ref('dim_employee') }} as employees
),

policy_scopes as (
    select distinct
        scopes.policy_id,
        scopes.scope_code,
    from {{ ref('tier_policy_scopes') }} as scopes
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = scopes.policy_id
),

milestones as (
    select
        policy_scopes.policy_id,
        policy_scopes.scope_code,
        employees.employee_key,
        scope_use.first_granted_date,
        scope_use.first_used_date,
        scope_use.first_used_tool_id,
        habits.first_habit_week_start_date,
        policies.policy_version as habit_policy_version,
        coalesce(scope_use.is_left_censored, false) as is_left_censored,
        coalesce(scope_use.is_unseen_use_possible, false) as is_unseen_use_possible,
    from policy_scopes
    cross join employees
    left join {{ ref('int_first_scope_use') }} as scope_use
        on scope_use.scope_code = policy_scopes.scope_code
        and scope_use.employee_key = employees.employee_key
    left join {{ ref('int_first_habit_week') }} as habits
        on habits.policy_id = policy_scopes.policy_id
        and habits.scope_code = policy_scopes.scope_code
        and habits.employee_key = employees.employee_key
    left join {{ ref('tier_policies') }} as policies
        on policies.policy_id = habits.policy_id
        and policies.effective_from <= habits.first_habit_week_start_date + 6
        and {{ span_closed('policies.effective_to') }} > habits.first_habit_week_start_date + 6
),

final as (
    select
        milestones.policy_id,
        milestones.scope_code,
        milestones.employee_key,
        milestones.first_granted_date,
        milestones.first_used_date,
        milestones.first_used_tool_id,
        milestones.first_habit_week_start_date,
        milestones.habit_policy_version,
        milestones.is_left_censored,
        -- a time is stated only where its beginning was seen
        case
            when not milestones.is_left_censored
                and not milestones.is_unseen_use_possible
                and milestones.first_used_date >= milestones.first_granted_date
                then cast(milestones.first_used_date - milestones.first_granted_date as integer)
        end as days_to_first_use_count,
        case
            when not milestones.is_left_censored
                and milestones.first_habit_week_start_date >= {{ week_start('milestones.first_used_date') }}
                then cast((milestones.first_habit_week_start_date - {{ week_start('milestones.first_used_date') }}) / 7 as integer)
        end as weeks_to_habit_count,
    from milestones
)

select * from final
