with as_of_dates as (
    select * from {{ ref('int_touched_as_of_date') }}
),

-- a policy version speaks for the as-of dates of its own period
evaluations as (
    select
        policies.*,
        scopes.scope_code,
        as_of_dates.as_of_date,
        as_of_dates.as_of_date - policies.settle_days as window_to,
        as_of_dates.as_of_date - policies.settle_days - policies.window_days + 1 as window_from,
    from as_of_dates
    inner join {{ ref('tier_policies') }} as policies
        on policies.effective_from <= as_of_dates.as_of_date
        and {{ span_closed('policies.effective_to') }} > as_of_dates.as_of_date
    inner join {{ ref('tier_policy_scopes') }} as scopes
        on scopes.policy_id = policies.policy_id
),

-- a tier exists for each as-of date on which the person is employed
subjects as (
    select
        evaluations.*,
        days.employee_key,
        days.hired_date,
        days.weekly_pattern_thousandths,
    from evaluations
    inner join {{ ref('int_person_day') }} as days
        on days.activity_date = evaluations.as_of_date
),

summed as (
    select
        subjects.policy_id,
        subjects.policy_version,
        subjects.scope_code,
        subjects.employee_key,
        subjects.as_of_date,
        subjects.window_from,
        subjects.hired_date,
        subjects.minimum_expected_days * 1000 as minimum_expected_thousandths,
        subjects.minimum_pattern_weeks * subjects.weekly_pattern_thousandths as minimum_pattern_thousandths,
        subjects.coverage_floor_percent,
        coalesce(sum(days.expected_thousandths), 0) as expected_thousandths,
        coalesce(sum(case when days.is_active or not days.is_missing then days.expected_thousandths end), 0) as observed_thousandths,
        coalesce(sum(case when days.is_active then days.expected_thousandths end), 0) as active_thousandths,
        coalesce(sum(case when days.is_substantive then days.expected_thousandths end), 0) as substantive_thousandths,
        -- what missing feeds could hold: use on unobserved days, depth on thin days
        coalesce(sum(case when days.is_missing and not days.is_substantive then days.expected_thousandths end), 0) as possible_substantive_thousandths,
        coalesce(sum(case when days.is_missing and not days.is_active then days.expected_thousandths end), 0) as possible_active_thousandths,
        coalesce(bool_or(days.is_active), false) as has_active_day,
        coalesce(bool_or(days.is_missing), false) as has_uncovered_day,
        coalesce(bool_or(days.has_access and days.expected_thousandths > 0), false) as has_access,
        count(distinct case when days.is_active then {{ week_start('days.activity_date') }} end) as active_week_count,
        sum(days.intentional_action_count) as intentional_action_count,
    from subjects
    left join {{ ref('int_person_scope_day') }} as days
        on days.employee_key = subjects.employee_key
        and days.scope_code = subjects.scope_code
        and days.activity_date >= subjects.window_from
        and days.activity_date < subjects.window_to + 1
    group by
        subjects.policy_id,
        subjects.policy_version,
        subjects.scope_code,
        subjects.employee_key,
        subjects.as_of_date,
        subjects.window_from,
        subjects.hired_date,
        subjects.minimum_expected_days,
        subjects.minimum_pattern_weeks,
        subjects.weekly_pattern_thousandths,
        subjects.coverage_floor_percent
)

select * from summed
