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

slices as (
    select
        slices.slice_number,
        slices.week_start_date,
    from {{ ref('int_window_slice') }} as slices
    inner join due
        on due.window_from = slices.window_from
        and due.window_to = slices.window_to
),

employed as (
    select
        day_sets.day_set_number,
        weeks.person_number,
        sum(bit_count(weeks.employed_days & day_sets.days_in_use)) as employed_date_count,
        sum(bit_count(weeks.expected_days & day_sets.days_in_use)) as expected_date_count,
    from {{ ref('int_person_week') }} as weeks
    inner join slices
        on slices.week_start_date = weeks.week_start_date
    inner join {{ ref('int_day_set_slice') }} as day_sets
        on day_sets.slice_number = slices.slice_number
    where weeks.employed_days & day_sets.days_in_use <> 0
    group by day_sets.day_set_number, weeks.person_number
),

marked as (
    select
        marks.scope_number,
        marks.person_number,
        sum(bit_count(marks.active_days & weeks.expected_days)) as active_expected_date_count,
        sum(bit_count(marks.missing_days & ~marks.active_days & weeks.expected_days)) as unobserved_expected_date_count,
        sum(bit_count(marks.missing_days & marks.active_days)) as partly_observed_date_count,
    from {{ ref('int_slice_use') }} as marks
    inner join slices
        on slices.slice_number = marks.slice_number
    inner join {{ ref('int_person_week') }} as weeks
        on weeks.person_number = marks.person_number
        and weeks.week_start_date = slices.week_start_date
    group by marks.scope_number, marks.person_number
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
