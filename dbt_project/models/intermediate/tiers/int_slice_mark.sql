-- Grain: slice x scope x person, of the slices that this run counts: those not known from the night before, and, of people of whom
-- something changed, all. The days with use, or with a feed missing, one bit for each weekday; on all others a person was idle. Who has
-- no such day has no row.
with scope_modes as (
    select * from {{ ref('int_scope_tool_mode') }}
),

-- each date of each slice once, so that days meet their slices by equality
slice_dates as (
    select
        slices.scope_number,
        slices.slice_number,
        slices.is_new_for_everybody,
        scope_days.activity_date,
        {{ weekday_bit(iso_weekday('scope_days.activity_date')) }} as day_bit,
    from {{ ref('int_scope_slice') }} as slices
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_number = slices.scope_number
        and scope_days.activity_date >= slices.slice_from
        and scope_days.activity_date <= slices.slice_to
),

dates as (
    select
        slice_dates.activity_date,
        bool_or(slice_dates.is_new_for_everybody) as is_for_everybody,
    from slice_dates
    group by slice_dates.activity_date
),

tool_mode_days as (
    {{ days_to_count(ref('fct_employee_tool_mode_daily')) }}
),

mode_days as (
    {{ days_to_count(ref('fct_employee_mode_daily')) }}
),

by_tool_mode as (
    select
        scope_modes.scope_number,
        days.person_number,
        days.is_touched_person,
        days.activity_date,
        days.is_active,
        days.is_substantive and scope_modes.is_one_tool as is_substantive,
        false as is_missing,
        days.intentional_action_count,
        case when days.is_active then scope_modes.tool_bit else 0 end as used_tools,
        cast(0 as bigint) as missing_tools,
    from tool_mode_days as days
    inner join scope_modes
        on scope_modes.tool_id = days.tool_id
        and scope_modes.mode_code = days.mode_code
),

-- where a scope spans tools, the floor of a mode is reached over all of them together
by_mode as (
    select
        scope_modes.scope_number,
        days.person_number,
        days.is_touched_person,
        days.activity_date,
        false as is_active,
        true as is_substantive,
        false as is_missing,
        cast(null as bigint) as intentional_action_count,
        cast(0 as bigint) as used_tools,
        cast(0 as bigint) as missing_tools,
    from mode_days as days
    inner join (
        select distinct
            scope_modes.scope_number,
            scope_modes.mode_code,
        from scope_modes
        where not scope_modes.is_one_tool
    ) as scope_modes
        on scope_modes.mode_code = days.mode_code
    where days.is_substantive
),

missing as (
    select
        scope_tools.scope_number,
        days.person_number,
        days.is_touched_person,
        days.activity_date,
        false as is_active,
        false as is_substantive,
        true as is_missing,
        cast(null as bigint) as intentional_action_count,
        cast(0 as bigint) as used_tools,
        scope_tools.tool_bit as missing_tools,
    from {{ ref('int_missing_tool_day') }} as days
    inner join (
        select distinct scope_modes.scope_number, scope_modes.tool_id, scope_modes.tool_bit from scope_modes
    ) as scope_tools
        on scope_tools.tool_id = days.tool_id
),

marked as (
    select * from by_tool_mode
    union all
    select * from by_mode
    union all
    select * from missing
),

final as (
    select
        slice_dates.slice_number,
        marked.scope_number,
        marked.person_number,
        bit_or(case when marked.is_active then slice_dates.day_bit else 0 end) as active_days,
        bit_or(case when marked.is_substantive then slice_dates.day_bit else 0 end) as substantive_days,
        bit_or(case when marked.is_missing then slice_dates.day_bit else 0 end) as missing_days,
        cast(sum(marked.intentional_action_count) as bigint) as intentional_action_count,
        bit_or(marked.used_tools) as used_tools,
        bit_or(marked.missing_tools) as missing_tools,
    from marked
    inner join slice_dates
        on slice_dates.scope_number = marked.scope_number
        and slice_dates.activity_date = marked.activity_date
    where slice_dates.is_new_for_everybody
        or marked.is_touched_person
    group by slice_dates.slice_number, marked.scope_number, marked.person_number
)

select * from final
