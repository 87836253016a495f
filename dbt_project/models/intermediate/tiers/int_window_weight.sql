-- Grain: window x day set x person x full week. What was expected in a window, and the weight of its weeks in a mean per week.
with scope_sets as (
    select distinct
        scope_days.scope_code,
        scope_days.day_set_number,
    from {{ ref('int_scope_day') }} as scope_days
),

due as (
    select distinct
        due.due_number,
        due.window_number,
        scope_sets.day_set_number,
        policies.week_weighting,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = due.policy_id
    inner join scope_sets
        on scope_sets.scope_code = policy_scopes.scope_code
),

-- scopes in use on the same dates share the sums over expected days
asked as (
    select distinct
        due.window_number,
        due.day_set_number,
        subjects.person_number,
        {{ full_week('due', 'subjects') }} as full_week_thousandths,
    from {{ ref('int_tier_subject') }} as subjects
    inner join due
        on due.due_number = subjects.due_number
    where subjects.evaluated_number = subjects.due_number
),

final as (
    select
        weeks.window_number,
        weeks.day_set_number,
        weeks.person_number,
        weeks.full_week_thousandths,
        cast(sum(weeks.expected_thousandths) as bigint) as expected_thousandths,
        cast(sum({{ week_weight('weeks.expected_thousandths') }}) as bigint) as week_weight,
    from (
        select
            asked.*,
            expected.expected_thousandths,
        from asked
        inner join {{ ref('int_window_slice') }} as slices
            on slices.window_number = asked.window_number
        inner join {{ ref('int_slice_expected') }} as expected
            on expected.slice_number = slices.slice_number
            and expected.day_set_number = asked.day_set_number
            and expected.person_number = asked.person_number
    ) as weeks
    group by
        weeks.window_number,
        weeks.day_set_number,
        weeks.person_number,
        weeks.full_week_thousandths
)

select * from final
