-- Grain: policy version x evaluation kind x scope x employee x as-of date. Every figure a rule can look at, as observed and at both ends.
with subjects as (
    select * from {{ ref('int_tier_subject') }}
),

policies as (
    select * from {{ ref('tier_policies') }}
),

scope_sets as (
    select
        scope_days.scope_code,
        scope_days.day_set_number,
    from {{ ref('int_scope_day') }} as scope_days
    group by scope_days.scope_code, scope_days.day_set_number
),

scope_tools as (
    select
        scopes.scope_code,
        bit_or(scopes.tool_bit) as scope_tools,
    from {{ ref('int_scope_tool_mode') }} as scopes
    group by scopes.scope_code
),

-- what a policy asks for beyond its rules; parts of a score it does not name weigh nothing
parameters as (
    select
        policies.policy_id,
        policies.policy_version,
        scopes.scope_code,
        scope_sets.day_set_number,
        scope_tools.scope_tools,
        policies.measure_code,
        policies.active_week_minimum,
        policies.week_weighting,
        policies.off_days_stand_in,
        policies.minimum_expected_days * 1000 as minimum_expected_thousandths,
        policies.minimum_pattern_weeks,
        policies.coverage_floor_percent,
    from policies
    inner join {{ ref('tier_policy_scopes') }} as scopes
        on scopes.policy_id = policies.policy_id
    inner join scope_tools
        on scope_tools.scope_code = scopes.scope_code
    left join scope_sets
        on scope_sets.scope_code = scopes.scope_code
),

weeks as (
    select
        subjects.policy_id,
        subjects.policy_version,
        subjects.evaluation_kind,
        parameters.scope_code,
        subjects.employee_key,
        subjects.as_of_date,
        parameters.off_days_stand_in,
        parameters.active_week_minimum,
        parameters.week_weighting,
        subjects.weekly_pattern_thousandths,
        coalesce(expected.expected_thousandths, 0) as expected_thousandths,
        coalesce(expected.expected_thousandths, 0) - coalesce(use.unobserved_thousandths, 0) as observed_thousandths,
        use.* exclude (slice_from, slice_to, scope_code, employee_key),
        case parameters.measure_code
            when 'active_day_count' then use.active_day_count
            when 'substantive_day_count' then use.substantive_day_count
            else use.intentional_action_count
        end as measure_value,
    from subjects
    inner join parameters
        on parameters.policy_id = subjects.policy_id
        and parameters.policy_version = subjects.policy_version
    inner join {{ ref('int_window_slice') }} as slices
        on slices.window_from = subjects.window_from
        and slices.window_to = subjects.window_to
    left join {{ ref('int_slice_expected') }} as expected
        on expected.slice_from = slices.slice_from
        and expected.slice_to = slices.slice_to
        and expected.day_set_number = parameters.day_set_number
        and expected.employee_key = subjects.employee_key
    left join {{ ref('int_slice_use') }} as use
        on use.slice_from = slices.slice_from
        and use.slice_to = slices.slice_to
        and use.scope_code = parameters.scope_code
        and use.employee_key = subjects.employee_key
),

summed as (
    select
        weeks.policy_id,
        weeks.policy_version,
        weeks.evaluation_kind,
        weeks.scope_code,
        weeks.employee_key,
        weeks.as_of_date,
        sum(weeks.expected_thousandths) as expected_thousandths,
        sum(weeks.observed_thousandths) as observed_thousandths,
        coalesce(sum(weeks.active_thousandths), 0) as day_active_thousandths,
        coalesce(sum(weeks.substantive_thousandths), 0) as day_substantive_thousandths,
        coalesce(sum(case when weeks.off_days_stand_in then weeks.stand_in_active_thousandths end), 0) as stand_in_active_thousandths,
        coalesce(sum(case when weeks.off_days_stand_in then weeks.stand_in_substantive_thousandths end), 0) as stand_in_substantive_thousandths,
        coalesce(sum(case when weeks.off_days_stand_in then weeks.stand_in_low_active_thousandths end), 0) as stand_in_low_active_thousandths,
        coalesce(sum(case when weeks.off_days_stand_in then weeks.stand_in_high_active_thousandths end), 0) as stand_in_high_active_thousandths,
        coalesce(sum(case when weeks.off_days_stand_in then weeks.stand_in_high_substantive_thousandths end), 0) as stand_in_high_substantive_thousandths,
        coalesce(sum(weeks.unobserved_thousandths), 0) as unobserved_thousandths,
        coalesce(sum(weeks.possible_substantive_thousandths), 0) as possible_substantive_thousandths,
        coalesce(sum(weeks.active_day_count), 0) as active_day_count,
        coalesce(sum(weeks.unobserved_day_count), 0) as unobserved_day_count,
        coalesce(sum(weeks.missing_day_count), 0) > 0 as has_missing_day,
        count(case when weeks.active_day_count > 0 then 1 end) as active_week_count,
        count(case when weeks.measure_value >= weeks.active_week_minimum then 1 end) as reached_week_count,
        count(case when coalesce(weeks.measure_value, 0) < weeks.active_week_minimum and weeks.missing_day_count > 0 then 1 end) as open_week_count,
        coalesce(sum(weeks.measure_value), 0) as measure_value,
        sum(case when weeks.has_stated_actions then weeks.intentional_action_count end) as intentional_action_count,
        sum({{ week_weight('weeks.expected_thousandths') }}) as week_weight,
        sum({{ week_weight('weeks.observed_thousandths') }}) as observed_week_weight,
        coalesce(bit_or(weeks.used_tools), 0) as used_tools,
        coalesce(bit_or(weeks.missing_tools), 0) as missing_tools,
    from weeks
    group by
        weeks.policy_id,
        weeks.policy_version,
        weeks.evaluation_kind,
        weeks.scope_code,
        weeks.employee_key,
        weeks.as_of_date
),

accessible as (
    select
        summed.*,
        subjects.window_from,
        subjects.window_to,
        subjects.hired_date,
        subjects.line_of_business,
        parameters.minimum_expected_thousandths,
        parameters.minimum_pattern_weeks * subjects.weekly_pattern_thousandths as minimum_pattern_thousandths,
        parameters.coverage_floor_percent,
        parameters.scope_tools & (
            case when summed.expected_thousandths > 0 then coalesce(access.throughout_tools, 0) else 0 end
            | coalesce(access.partly_tools, 0)
        ) as granted_tools,
    from summed
    inner join subjects
        on subjects.policy_id = summed.policy_id
        and subjects.policy_version = summed.policy_version
        and subjects.evaluation_kind = summed.evaluation_kind
        and subjects.employee_key = summed.employee_key
        and subjects.as_of_date = summed.as_of_date
    inner join parameters
        on parameters.policy_id = summed.policy_id
        and parameters.policy_version = summed.policy_version
        and parameters.scope_code = summed.scope_code
    left join {{ ref('int_window_access') }} as access
        on access.window_from = subjects.window_from
        and access.window_to = subjects.window_to
        and access.employee_key = summed.employee_key
),

final as (
    select
        accessible.policy_id,
        accessible.policy_version,
        accessible.evaluation_kind,
        accessible.scope_code,
        accessible.employee_key,
        accessible.as_of_date,
        accessible.window_from,
        accessible.window_to,
        accessible.hired_date,
        accessible.line_of_business,
        accessible.minimum_expected_thousandths,
        accessible.minimum_pattern_thousandths,
        accessible.coverage_floor_percent,
        accessible.granted_tools <> 0 as has_access,
        accessible.granted_tools,
        accessible.expected_thousandths,
        accessible.observed_thousandths,
        accessible.day_active_thousandths + accessible.stand_in_active_thousandths as active_thousandths,
        accessible.day_active_thousandths + accessible.stand_in_low_active_thousandths as active_thousandths_low,
        accessible.day_active_thousandths + accessible.unobserved_thousandths + accessible.stand_in_high_active_thousandths as active_thousandths_high,
        accessible.day_substantive_thousandths + accessible.stand_in_substantive_thousandths as substantive_thousandths,
        accessible.day_substantive_thousandths + accessible.possible_substantive_thousandths
            + accessible.stand_in_high_substantive_thousandths as substantive_thousandths_high,
        accessible.active_day_count,
        accessible.active_day_count + accessible.unobserved_day_count as active_day_count_high,
        accessible.unobserved_day_count,
        accessible.has_missing_day,
        accessible.active_week_count,
        accessible.reached_week_count,
        accessible.reached_week_count + accessible.open_week_count as reached_week_count_high,
        accessible.measure_value,
        accessible.intentional_action_count,
        accessible.observed_week_weight,
        accessible.week_weight,
        accessible.used_tools,
        accessible.missing_tools,
        bit_count(accessible.used_tools) as used_tool_count,
        bit_count(accessible.used_tools | accessible.missing_tools) as used_tool_count_high,
        bit_count(accessible.used_tools | accessible.granted_tools) as usable_tool_count,
        bit_count(accessible.used_tools | accessible.granted_tools | accessible.missing_tools) as usable_tool_count_high,
    from accessible
)

select * from final
