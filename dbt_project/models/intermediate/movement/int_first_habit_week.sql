-- Grain: policy x scope x employee with a habit. The first week whose tier is a habit; only touched weeks are read, and all
-- weeks of those whose first one may be gone.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

touched as (
    select distinct
        due.policy_id,
        due.week_start_date,
    from {{ ref('int_tier_week_due') }} as due
),

known_before as (
    select * from {{ ref('int_previous_milestone') }}
),

with_habit as (
    select
        known_before.policy_id,
        known_before.scope_code,
        known_before.employee_key,
        known_before.first_habit_week_start_date,
        touched.policy_id is not null as is_open_again,
    from known_before
    cross join run_window
    left join touched
        on touched.policy_id = known_before.policy_id
        and touched.week_start_date = known_before.first_habit_week_start_date
    where known_before.first_habit_week_start_date is not null
        and not run_window.is_full_rebuild
),

habits as (
    select
        rules.policy_id,
        rules.policy_version,
        rules.tier_code,
    from {{ ref('tier_rules') }} as rules
    where rules.is_habit
),

-- before a first habit there was none, so only a later week can take its place
read_weeks as (
    select
        weeks.policy_id,
        weeks.week_start_date,
        bool_or(weeks.is_touched) as is_touched,
    from (
        select touched.policy_id, touched.week_start_date, true as is_touched from touched
        union all
        select
            earliest.policy_id,
            {{ date_rows('earliest.from_date', 'run_window.as_of_date', 'week_start_date') }},
            false as is_touched,
        from (
            select with_habit.policy_id, min(with_habit.first_habit_week_start_date) as from_date
            from with_habit
            where with_habit.is_open_again
            group by with_habit.policy_id
        ) as earliest
        cross join run_window
    ) as weeks
    group by weeks.policy_id, weeks.week_start_date
),

candidates as (
    select
        with_habit.policy_id,
        with_habit.scope_code,
        with_habit.employee_key,
        with_habit.first_habit_week_start_date as week_start_date,
    from with_habit
    where not with_habit.is_open_again
    union all
    select
        tiers.policy_id,
        tiers.scope_code,
        tiers.employee_key,
        tiers.week_start_date,
    from {{ ref('fct_employee_tier_weekly') }} as tiers
    inner join read_weeks
        on read_weeks.policy_id = tiers.policy_id
        and read_weeks.week_start_date = tiers.week_start_date
    inner join habits
        on habits.policy_id = tiers.policy_id
        and habits.policy_version = tiers.policy_version
        and habits.tier_code = tiers.tier_code
    left join with_habit
        on with_habit.policy_id = tiers.policy_id
        and with_habit.scope_code = tiers.scope_code
        and with_habit.employee_key = tiers.employee_key
        and with_habit.is_open_again
    where read_weeks.is_touched
        or with_habit.policy_id is not null
),

final as (
    select
        candidates.policy_id,
        candidates.scope_code,
        candidates.employee_key,
        min(candidates.week_start_date) as first_habit_week_start_date,
    from candidates
    group by candidates.policy_id, candidates.scope_code, candidates.employee_key
)

select * from final
