-- Grain: employee x mode x activity date. Use in a mode over all tools together, and whether it was substantive.
with measures as (
    select * from {{ ref('int_person_tool_mode_measure') }}
),

-- the floor of a mode is reached over all tools together
substantive as (
    {{ floors_reached('measures', ['employee_key', 'mode_code', 'activity_date']) }}
),

by_mode as (
    select
        days.employee_key,
        days.mode_code,
        days.activity_date,
        bool_or(days.is_active) as is_active,
        bool_or(days.is_substantive) as is_substantive_in_one_tool,
        sum(days.intentional_action_count) as intentional_action_count,
    from {{ ref('int_person_tool_mode_day') }} as days
    group by days.employee_key, days.mode_code, days.activity_date
),

final as (
    select
        by_mode.employee_key,
        by_mode.mode_code,
        by_mode.activity_date,
        by_mode.is_active,
        by_mode.is_substantive_in_one_tool or substantive.employee_key is not null as is_substantive,
        cast(by_mode.intentional_action_count as bigint) as intentional_action_count,
    from by_mode
    left join substantive
        on substantive.employee_key = by_mode.employee_key
        and substantive.mode_code = by_mode.mode_code
        and substantive.activity_date = by_mode.activity_date
)

select * from final
