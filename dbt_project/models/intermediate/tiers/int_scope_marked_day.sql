-- Grain: scope x employee x date. Days of the windows with use, or with a feed missing; all others are idle and need no row.
with slices as (
    select
        min(slices.slice_from) as from_date,
        max(slices.slice_to) as to_date,
    from {{ ref('int_slice') }} as slices
),

scope_modes as (
    select * from {{ ref('int_scope_tool_mode') }}
),

by_tool_mode as (
    select
        scope_modes.scope_code,
        days.employee_key,
        days.activity_date,
        bool_or(days.is_active) as is_active,
        bool_or(days.is_substantive and scope_modes.is_one_tool) as is_substantive_in_tool,
        coalesce(sum(days.intentional_action_count), 0) as intentional_action_count,
        count(days.intentional_action_count) > 0 as has_stated_actions,
        bit_or(case when days.is_active then scope_modes.tool_bit else 0 end) as used_tools,
    from {{ ref('fct_employee_tool_mode_daily') }} as days
    cross join slices
    inner join scope_modes
        on scope_modes.tool_id = days.tool_id
        and scope_modes.mode_code = days.mode_code
    where days.activity_date between slices.from_date and slices.to_date
    group by scope_modes.scope_code, days.employee_key, days.activity_date
),

-- where a scope spans tools, the floor of a mode is reached over all of them together
substantive as (
    select distinct
        scope_modes.scope_code,
        days.employee_key,
        days.activity_date,
    from {{ ref('fct_employee_mode_daily') }} as days
    cross join slices
    inner join (
        select distinct scope_modes.scope_code, scope_modes.mode_code from scope_modes where not scope_modes.is_one_tool
    ) as scope_modes
        on scope_modes.mode_code = days.mode_code
    where days.is_substantive
        and days.activity_date between slices.from_date and slices.to_date
),

missing as (
    select
        scope_tools.scope_code,
        days.employee_key,
        days.activity_date,
        bit_or(scope_tools.tool_bit) as missing_tools,
    from {{ ref('int_missing_tool_day') }} as days
    inner join (
        select distinct scope_modes.scope_code, scope_modes.tool_id, scope_modes.tool_bit from scope_modes
    ) as scope_tools
        on scope_tools.tool_id = days.tool_id
    group by scope_tools.scope_code, days.employee_key, days.activity_date
),

marked as (
    select
        coalesce(by_tool_mode.scope_code, missing.scope_code) as scope_code,
        coalesce(by_tool_mode.employee_key, missing.employee_key) as employee_key,
        coalesce(by_tool_mode.activity_date, missing.activity_date) as activity_date,
        coalesce(by_tool_mode.is_active, false) as is_active,
        coalesce(by_tool_mode.is_substantive_in_tool, false) as is_substantive_in_tool,
        coalesce(by_tool_mode.intentional_action_count, 0) as intentional_action_count,
        coalesce(by_tool_mode.has_stated_actions, false) as has_stated_actions,
        coalesce(by_tool_mode.used_tools, 0) as used_tools,
        coalesce(missing.missing_tools, 0) as missing_tools,
    from by_tool_mode
    full outer join missing
        on missing.scope_code = by_tool_mode.scope_code
        and missing.employee_key = by_tool_mode.employee_key
        and missing.activity_date = by_tool_mode.activity_date
),

final as (
    select
        marked.scope_code,
        marked.employee_key,
        marked.activity_date,
        days.week_start_date,
        days.is_touched_person,
        days.expected_thousandths,
        marked.is_active,
        marked.is_substantive_in_tool or substantive.employee_key is not null as is_substantive,
        marked.missing_tools > 0 as is_missing,
        marked.missing_tools > 0 and not marked.is_active as is_unobserved,
        marked.intentional_action_count,
        marked.has_stated_actions,
        marked.used_tools,
        marked.missing_tools,
    from marked
    -- days outside employment, or without an agreement, do not exist
    inner join {{ ref('int_expected_day') }} as days
        on days.employee_key = marked.employee_key
        and days.activity_date = marked.activity_date
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_code = marked.scope_code
        and scope_days.activity_date = marked.activity_date
    left join substantive
        on substantive.scope_code = marked.scope_code
        and substantive.employee_key = marked.employee_key
        and substantive.activity_date = marked.activity_date
)

select * from final
