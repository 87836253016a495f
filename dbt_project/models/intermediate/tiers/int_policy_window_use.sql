-- Grain: what is counted alike (window x way of counting) x scope x person. What a person did in a window, counted as the policies count.
{%- set stand_in_columns = [
    'stand_in_active_thousandths', 'stand_in_substantive_thousandths', 'stand_in_low_active_thousandths',
    'stand_in_high_active_thousandths', 'stand_in_high_substantive_thousandths',
] %}
with counted as (
    select distinct
        due.count_number,
        policies.measure_code,
        policies.active_week_minimum,
        policies.off_days_stand_in,
        scopes.scope_number,
        slices.slice_number,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = due.policy_id
    inner join {{ ref('int_scope_tool_mode') }} as scopes
        on scopes.scope_code = policy_scopes.scope_code
    inner join {{ ref('int_window_slice') }} as slices
        on slices.window_number = due.window_number
),

-- apart, so that nothing is added up where no policy lets off-days stand in
stand_ins as (
    select
        counted.count_number,
        use.scope_number,
        use.person_number,
        {% for column in stand_in_columns -%}
        sum(use.{{ column }}) as {{ column }},
        {% endfor -%}
    from {{ ref('int_slice_use') }} as use
    inner join counted
        on counted.scope_number = use.scope_number
        and counted.slice_number = use.slice_number
    where counted.off_days_stand_in
    group by counted.count_number, use.scope_number, use.person_number
),

weeks as (
    select
        counted.count_number,
        counted.active_week_minimum,
        use.*,
        case counted.measure_code
            when 'active_day_count' then use.active_day_count
            when 'substantive_day_count' then use.substantive_day_count
            else coalesce(use.intentional_action_count, 0)
        end as measure_value,
    from {{ ref('int_slice_use') }} as use
    inner join counted
        on counted.scope_number = use.scope_number
        and counted.slice_number = use.slice_number
),

summed as (
    select
        weeks.count_number,
        weeks.scope_number,
        weeks.person_number,
        {% for column in [
            'active_thousandths', 'substantive_thousandths', 'unobserved_thousandths', 'possible_substantive_thousandths',
            'active_day_count', 'unobserved_day_count', 'missing_day_count', 'intentional_action_count', 'measure_value',
        ] -%}
        cast(sum(weeks.{{ column }}) as bigint) as {{ column }},
        {% endfor -%}
        count(case when weeks.active_day_count > 0 then 1 end) as active_week_count,
        count(case when weeks.measure_value >= weeks.active_week_minimum then 1 end) as reached_week_count,
        count(case when weeks.measure_value < weeks.active_week_minimum and weeks.missing_day_count > 0 then 1 end) as open_week_count,
        bit_or(weeks.used_tools) as used_tools,
        bit_or(weeks.missing_tools) as missing_tools,
    from weeks
    group by
        weeks.count_number,
        weeks.scope_number,
        weeks.person_number
),

final as (
    select
        summed.*,
        {% for column in stand_in_columns -%}
        cast(coalesce(stand_ins.{{ column }}, 0) as bigint) as {{ column }},
        {% endfor -%}
    from summed
    left join stand_ins
        on stand_ins.count_number = summed.count_number
        and stand_ins.scope_number = summed.scope_number
        and stand_ins.person_number = summed.person_number
)

select * from final
