{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=["{{ delete_touched() }}", "{{ delete_reopened() }}"],
) }}

with run_window as (
    select * from {{ source('run', 'run_window') }}
),

settling as (
    select max(feeds.settle_days) as settle_days
    from {{ ref('int_tool_feed') }} as feeds
),

tool_dates as (
    select distinct days.activity_date
    from {{ ref('int_tool_day') }} as days
),

-- dates rebuilt for everybody, and those of single people of which is now known otherwise whether they could be seen
rebuilt as (
    select
        days.employee_key,
        days.activity_date,
        days.expected_thousandths,
    from {{ ref('int_person_day') }} as days
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date = days.activity_date
    union all
    select
        days.employee_key,
        days.activity_date,
        days.expected_thousandths,
    from {{ ref('int_person_day') }} as days
    inner join {{ ref('int_reopened_person_day') }} as reopened
        on reopened.employee_key = days.employee_key
        and reopened.activity_date = days.activity_date
),

access as (
    select
        access.employee_key,
        access.activity_date,
        bool_or(access.is_missing) as is_missing,
    from {{ ref('int_person_tool_access_day') }} as access
    group by access.employee_key, access.activity_date
),

modes as (
    select
        modes.employee_key,
        modes.activity_date,
        bool_or(modes.is_substantive) as is_substantive,
    from {{ ref('fct_employee_mode_daily') }} as modes
    inner join rebuilt
        on rebuilt.employee_key = modes.employee_key
        and rebuilt.activity_date = modes.activity_date
    group by modes.employee_key, modes.activity_date
),

days as (
    select
        days.employee_key,
        days.activity_date,
        days.expected_thousandths,
        coalesce(access.is_missing, false) as is_missing,
        coalesce(modes.is_substantive, false) as is_substantive,
    from rebuilt as days
    -- before any tool is in use there is nothing to engage with
    inner join tool_dates
        on tool_dates.activity_date = days.activity_date
    left join access
        on access.employee_key = days.employee_key
        and access.activity_date = days.activity_date
    left join modes
        on modes.employee_key = days.employee_key
        and modes.activity_date = days.activity_date
),

tools as (
    select
        tools.employee_key,
        tools.activity_date,
        count(case when tools.is_active then 1 end) as active_tool_count,
        bool_or(tools.is_active) as is_active,
        sum(tools.intentional_action_count) as intentional_action_count,
        sum(tools.list_cost_usd) as list_cost_usd,
    from {{ ref('fct_employee_tool_daily') }} as tools
    inner join rebuilt
        on rebuilt.employee_key = tools.employee_key
        and rebuilt.activity_date = tools.activity_date
    group by tools.employee_key, tools.activity_date
),

final as (
    select
        days.employee_key,
        days.activity_date,
        -- the first that holds; a day whose feed did not arrive is unknown, never inactive
        case
            when coalesce(tools.is_active, false) then 'active'
            when days.expected_thousandths = 0 then 'not_expected'
            when days.is_missing then 'unknown'
            else 'inactive'
        end as engagement_status,
        cast(days.expected_thousandths / 1000.0 as decimal(4, 3)) as expected_fraction,
        days.is_substantive,
        cast(coalesce(tools.active_tool_count, 0) as integer) as active_tool_count,
        cast(tools.intentional_action_count as bigint) as intentional_action_count,
        cast(tools.list_cost_usd as decimal(18, 6)) as list_cost_usd,
        days.activity_date > run_window.as_of_date - settling.settle_days as is_provisional,
    from days
    cross join run_window
    cross join settling
    left join tools
        on tools.employee_key = days.employee_key
        and tools.activity_date = days.activity_date
)

select * from final
