-- Grain: scope x employee. How the dates of the window counted; a day off, a holiday and leave are all no more than not expected.
with due as (
    select * from {{ ref('int_evidence_due') }}
),

scopes as (
    select distinct
        policy_scopes.scope_code,
        scopes.scope_number,
        due.window_from,
        due.window_to,
    from {{ ref('tier_policy_scopes') }} as policy_scopes
    inner join due
        on due.policy_id = policy_scopes.policy_id
    inner join {{ ref('int_scope_tool_mode') }} as scopes
        on scopes.scope_code = policy_scopes.scope_code
),

scope_days as (
    select
        scope_days.scope_code,
        scope_days.activity_date,
        scope_days.day_set_number,
    from {{ ref('int_scope_day') }} as scope_days
    inner join scopes
        on scopes.scope_code = scope_days.scope_code
        and scope_days.activity_date between scopes.window_from and scopes.window_to
),

-- scopes in use on the same dates share one count
day_sets as (
    select distinct
        scope_days.day_set_number,
        scope_days.activity_date,
    from scope_days
),

employed as (
    select
        day_sets.day_set_number,
        days.person_number,
        count(*) as employed_date_count,
        count(case when days.expected_thousandths > 0 then 1 end) as expected_date_count,
    from {{ ref('int_expected_day') }} as days
    inner join day_sets
        on day_sets.activity_date = days.activity_date
    group by day_sets.day_set_number, days.person_number
),

marked as (
    select
        days.scope_number,
        days.person_number,
        count(case when days.is_active and days.expected_thousandths > 0 then 1 end) as active_expected_date_count,
        count(case when days.is_unobserved and days.expected_thousandths > 0 then 1 end) as unobserved_expected_date_count,
        count(case when days.is_missing and days.is_active then 1 end) as partly_observed_date_count,
    from {{ ref('int_scope_marked_day') }} as days
    inner join scopes
        on scopes.scope_number = days.scope_number
        and days.activity_date between scopes.window_from and scopes.window_to
    group by days.scope_number, days.person_number
),

in_use as (
    select
        scopes.scope_code,
        scopes.scope_number,
        scopes.window_to - scopes.window_from + 1 as window_date_count,
        count(scope_days.activity_date) as in_use_date_count,
        min(scope_days.day_set_number) as day_set_number,
    from scopes
    left join scope_days
        on scope_days.scope_code = scopes.scope_code
    group by scopes.scope_code, scopes.scope_number, scopes.window_from, scopes.window_to
),

final as (
    select
        in_use.scope_code,
        keys.employee_key,
        in_use.in_use_date_count - employed.employed_date_count as not_employed_date_count,
        in_use.window_date_count - in_use.in_use_date_count as not_in_use_date_count,
        employed.expected_date_count,
        employed.employed_date_count - employed.expected_date_count as not_expected_date_count,
        coalesce(marked.active_expected_date_count, 0) as active_expected_date_count,
        coalesce(marked.unobserved_expected_date_count, 0) as unobserved_expected_date_count,
        coalesce(marked.partly_observed_date_count, 0) as partly_observed_date_count,
    from in_use
    inner join employed
        on employed.day_set_number = in_use.day_set_number
    left join marked
        on marked.scope_number = in_use.scope_number
        and marked.person_number = employed.person_number
    inner join {{ ref('int_employee_key') }} as keys
        on keys.person_number = employed.person_number
)

select * from final
