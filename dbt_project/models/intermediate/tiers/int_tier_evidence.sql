-- Grain: due tier x scope x person, of those evaluated under their own number. Every figure a rule can look at, as observed and at
-- both ends. No names: to write them for everybody would take longer than to find all of this out (int_tier_figure has them).
with scopes as (
    select
        scopes.scope_code,
        scopes.scope_number,
        min(scope_days.day_set_number) as day_set_number,
        bit_or(scopes.tool_bit) as scope_tools,
    from {{ ref('int_scope_tool_mode') }} as scopes
    left join (
        select distinct scope_days.scope_number, scope_days.day_set_number from {{ ref('int_scope_day') }} as scope_days
    ) as scope_days
        on scope_days.scope_number = scopes.scope_number
    group by scopes.scope_code, scopes.scope_number
),

due as (
    select
        due.due_number,
        due.count_number,
        due.window_number,
        due.window_from,
        scopes.scope_number,
        scopes.day_set_number,
        scopes.scope_tools,
        policies.week_weighting,
        policies.minimum_expected_days,
        policies.minimum_pattern_weeks,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = due.policy_id
    inner join scopes
        on scopes.scope_code = policy_scopes.scope_code
),

subjects as (
    select
        due.*,
        subjects.person_number,
        {{ full_week('due', 'subjects') }} as full_week_thousandths,
        subjects.hired_date >= due.window_from as is_hired_in_window,
        least(
            due.minimum_expected_days * 1000, due.minimum_pattern_weeks * subjects.weekly_pattern_thousandths
        ) as needed_expected_thousandths,
    from {{ ref('int_tier_subject') }} as subjects
    inner join due
        on due.due_number = subjects.due_number
    where subjects.evaluated_number = subjects.due_number
),

-- what the weeks with unobserved days weigh less, to those of whom days are missing
lost_weights as (
    select
        weeks.due_number,
        weeks.scope_number,
        weeks.person_number,
        cast(
            sum({{ week_weight('weeks.expected_thousandths') }} - ({{ week_weight('(weeks.expected_thousandths - weeks.unobserved_thousandths)') }}))
            as bigint
        ) as lost_week_weight,
    from (
        select
            subjects.due_number,
            subjects.scope_number,
            subjects.person_number,
            subjects.full_week_thousandths,
            expected.expected_thousandths,
            use.unobserved_thousandths,
        from {{ ref('int_slice_use') }} as use
        inner join {{ ref('int_window_slice') }} as slices
            on slices.slice_number = use.slice_number
        inner join subjects
            on subjects.window_number = slices.window_number
            and subjects.scope_number = use.scope_number
            and subjects.person_number = use.person_number
        inner join {{ ref('int_slice_expected') }} as expected
            on expected.slice_number = use.slice_number
            and expected.day_set_number = subjects.day_set_number
            and expected.person_number = use.person_number
        where use.unobserved_thousandths > 0
    ) as weeks
    group by
        weeks.due_number,
        weeks.scope_number,
        weeks.person_number
),

joined as (
    select
        subjects.*,
        {% for column in [
            'active_thousandths', 'substantive_thousandths', 'unobserved_thousandths', 'possible_substantive_thousandths',
            'active_day_count', 'unobserved_day_count', 'missing_day_count', 'measure_value',
            'stand_in_active_thousandths', 'stand_in_substantive_thousandths', 'stand_in_low_active_thousandths',
            'stand_in_high_active_thousandths', 'stand_in_high_substantive_thousandths',
            'active_week_count', 'reached_week_count', 'open_week_count', 'used_tools', 'missing_tools',
        ] -%}
        coalesce(use.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        use.intentional_action_count,
        coalesce(weights.expected_thousandths, 0) as expected_thousandths,
        coalesce(weights.week_weight, 0) as week_weight,
        -- use on days off alone still is use: where no week was observed at all, it is held against all of them
        case
            when coalesce(weights.week_weight, 0) > coalesce(lost_weights.lost_week_weight, 0)
                then coalesce(weights.week_weight, 0) - coalesce(lost_weights.lost_week_weight, 0)
            when use.measure_value > 0 then coalesce(weights.week_weight, 0)
            else 0
        end as observed_week_weight,
        subjects.scope_tools & (
            case when coalesce(weights.expected_thousandths, 0) > 0 then coalesce(access.throughout_tools, 0) else 0 end
            | coalesce(access.partly_tools, 0)
        ) as granted_tools,
    from subjects
    left join {{ ref('int_policy_window_use') }} as use
        on use.count_number = subjects.count_number
        and use.scope_number = subjects.scope_number
        and use.person_number = subjects.person_number
    left join {{ ref('int_window_weight') }} as weights
        on weights.window_number = subjects.window_number
        and weights.day_set_number = subjects.day_set_number
        and weights.person_number = subjects.person_number
        and weights.full_week_thousandths = subjects.full_week_thousandths
    left join lost_weights
        on lost_weights.due_number = subjects.due_number
        and lost_weights.scope_number = subjects.scope_number
        and lost_weights.person_number = subjects.person_number
    left join {{ ref('int_window_access') }} as access
        on access.window_number = subjects.window_number
        and access.person_number = subjects.person_number
),

final as (
    select
        joined.due_number,
        joined.scope_number,
        joined.person_number,
        coalesce(joined.is_hired_in_window, false) as is_hired_in_window,
        joined.needed_expected_thousandths,
        joined.granted_tools <> 0 as has_access,
        joined.granted_tools,
        joined.expected_thousandths,
        joined.expected_thousandths - joined.unobserved_thousandths as observed_thousandths,
        joined.active_thousandths + joined.stand_in_active_thousandths as active_thousandths,
        joined.active_thousandths + joined.stand_in_low_active_thousandths as active_thousandths_low,
        joined.active_thousandths + joined.unobserved_thousandths + joined.stand_in_high_active_thousandths as active_thousandths_high,
        joined.substantive_thousandths + joined.stand_in_substantive_thousandths as substantive_thousandths,
        joined.substantive_thousandths + joined.possible_substantive_thousandths
            + joined.stand_in_high_substantive_thousandths as substantive_thousandths_high,
        joined.active_day_count,
        joined.active_day_count + joined.unobserved_day_count as active_day_count_high,
        joined.unobserved_day_count,
        joined.missing_day_count > 0 as has_missing_day,
        joined.active_week_count,
        joined.reached_week_count,
        joined.reached_week_count + joined.open_week_count as reached_week_count_high,
        joined.measure_value,
        joined.intentional_action_count,
        joined.observed_week_weight,
        joined.week_weight,
        joined.used_tools,
        joined.missing_tools,
        bit_count(joined.used_tools) as used_tool_count,
        bit_count(joined.used_tools | joined.missing_tools) as used_tool_count_high,
        bit_count(joined.used_tools | joined.granted_tools) as usable_tool_count,
        bit_count(joined.used_tools | joined.granted_tools | joined.missing_tools) as usable_tool_count_high,
    from joined
)

select * from final
