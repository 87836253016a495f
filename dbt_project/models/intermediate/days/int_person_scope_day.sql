with person_days as (
    select * from {{ ref('int_person_day') }}
),

scope_tools as (
    select distinct
        scope_modes.scope_code,
        tool_modes.tool_id,
    from {{ ref('scope_modes') }} as scope_modes
    inner join {{ ref('tool_modes') }} as tool_modes
        on tool_modes.mode_code = scope_modes.mode_code
),

-- dates before any tool of a scope is in use lie outside every window
scope_days as (
    select distinct
        scope_tools.scope_code,
        tool_days.activity_date,
    from scope_tools
    inner join {{ ref('int_tool_day') }} as tool_days
        on tool_days.tool_id = scope_tools.tool_id
),

access as (
    select
        access.employee_key,
        scope_tools.scope_code,
        access.activity_date,
        bool_or(access.is_missing) as is_missing,
    from {{ ref('int_person_tool_access_day') }} as access
    inner join scope_tools
        on scope_tools.tool_id = access.tool_id
    group by access.employee_key, scope_tools.scope_code, access.activity_date
),

use as (
    select
        modes.employee_key,
        scope_modes.scope_code,
        modes.activity_date,
        bool_or(modes.is_active) as is_active,
        bool_or(modes.is_substantive) as is_substantive,
        sum(modes.intentional_action_count) as intentional_action_count,
    from {{ ref('fct_employee_mode_daily') }} as modes
    inner join {{ ref('scope_modes') }} as scope_modes
        on scope_modes.mode_code = modes.mode_code
    cross join {{ ref('int_day_range') }} as day_range
    where modes.activity_date between day_range.from_date and day_range.to_date
    group by modes.employee_key, scope_modes.scope_code, modes.activity_date
),

final as (
    select
        person_days.employee_key,
        scope_days.scope_code,
        person_days.activity_date,
        person_days.expected_thousandths,
        access.employee_key is not null as has_access,
        coalesce(access.is_missing, false) as is_missing,
        coalesce(use.is_active, false) as is_active,
        coalesce(use.is_substantive, false) as is_substantive,
        use.intentional_action_count,
    from person_days
    inner join scope_days
        on scope_days.activity_date = person_days.activity_date
    left join access
        on access.employee_key = person_days.employee_key
        and access.scope_code = scope_days.scope_code
        and access.activity_date = person_days.activity_date
    left join use
        on use.employee_key = person_days.employee_key
        and use.scope_code = scope_days.scope_code
        and use.activity_date = person_days.activity_date
)

select * from final
