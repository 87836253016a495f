-- Grain: scope x person x date. Days of the windows with use, or with a feed missing; all others are idle and need no row.
with scope_modes as (
    select * from {{ ref('int_scope_tool_mode') }}
),

people as (
    select
        keys.employee_key,
        keys.person_number,
    from {{ ref('int_employee_key') }} as keys
),

by_tool_mode as (
    select
        scope_modes.scope_number,
        people.person_number,
        days.activity_date,
        bool_or(days.is_active) as is_active,
        bool_or(days.is_substantive and scope_modes.is_one_tool) as is_substantive_in_tool,
        cast(sum(days.intentional_action_count) as bigint) as intentional_action_count,
        bit_or(case when days.is_active then scope_modes.tool_bit else 0 end) as used_tools,
    from {{ ref('fct_employee_tool_mode_daily') }} as days
    inner join people
        on people.employee_key = days.employee_key
    inner join scope_modes
        on scope_modes.tool_id = days.tool_id
        and scope_modes.mode_code = days.mode_code
        and scope_modes.from_date <= days.activity_date
        and scope_modes.to_date >= days.activity_date
    where days.activity_date >= (select min(scope_modes.from_date) from scope_modes)
    group by scope_modes.scope_number, people.person_number, days.activity_date
),

-- where a scope spans tools, the floor of a mode is reached over all of them together
substantive as (
    select distinct
        scope_modes.scope_number,
        people.person_number,
        days.activity_date,
    from {{ ref('fct_employee_mode_daily') }} as days
    inner join people
        on people.employee_key = days.employee_key
    inner join (
        select distinct
            scope_modes.scope_number,
            scope_modes.mode_code,
            scope_modes.from_date,
            scope_modes.to_date,
        from scope_modes
        where not scope_modes.is_one_tool
    ) as scope_modes
        on scope_modes.mode_code = days.mode_code
        and scope_modes.from_date <= days.activity_date
        and scope_modes.to_date >= days.activity_date
    where days.is_substantive
        and days.activity_date >= (select min(scope_modes.from_date) from scope_modes)
),

missing as (
    select
        scope_tools.scope_number,
        days.person_number,
        days.activity_date,
        bit_or(scope_tools.tool_bit) as missing_tools,
    from {{ ref('int_missing_tool_day') }} as days
    inner join (
        select distinct scope_modes.scope_number, scope_modes.tool_id, scope_modes.tool_bit from scope_modes
    ) as scope_tools
        on scope_tools.tool_id = days.tool_id
    group by scope_tools.scope_number, days.person_number, days.activity_date
),

marked as (
    select
        coalesce(by_tool_mode.scope_number, missing.scope_number) as scope_number,
        coalesce(by_tool_mode.person_number, missing.person_number) as person_number,
        coalesce(by_tool_mode.activity_date, missing.activity_date) as activity_date,
        coalesce(by_tool_mode.is_active, false) as is_active,
        coalesce(by_tool_mode.is_substantive_in_tool, false) as is_substantive_in_tool,
        by_tool_mode.intentional_action_count,
        coalesce(by_tool_mode.used_tools, 0) as used_tools,
        coalesce(missing.missing_tools, 0) as missing_tools,
    from by_tool_mode
    full outer join missing
        on missing.scope_number = by_tool_mode.scope_number
        and missing.person_number = by_tool_mode.person_number
        and missing.activity_date = by_tool_mode.activity_date
),

final as (
    select
        marked.scope_number,
        marked.person_number,
        marked.activity_date,
        days.is_touched_person,
        days.expected_thousandths,
        marked.is_active,
        marked.is_substantive_in_tool or substantive.person_number is not null as is_substantive,
        marked.missing_tools > 0 as is_missing,
        marked.missing_tools > 0 and not marked.is_active as is_unobserved,
        marked.intentional_action_count,
        marked.used_tools,
        marked.missing_tools,
    from marked
    -- days outside employment, or without an agreement, do not exist
    inner join {{ ref('int_expected_day') }} as days
        on days.person_number = marked.person_number
        and days.activity_date = marked.activity_date
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_number = marked.scope_number
        and scope_days.activity_date = marked.activity_date
    left join substantive
        on substantive.scope_number = marked.scope_number
        and substantive.person_number = marked.person_number
        and substantive.activity_date = marked.activity_date
)

select * from final
