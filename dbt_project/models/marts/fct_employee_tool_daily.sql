{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

days as (
    select * from {{ ref('int_person_tool_day') }}
),

measures as (
    select
        fields.employee_key,
        fields.tool_id,
        fields.activity_date,
        {% for measure in tool_measure_names() -%}
        -- what was automated is counted apart, its size and cost are not
        sum(case when mapping.measure_name = '{{ measure }}' and not (mapping.is_intentional and coalesce(fields.is_automated, false)) then fields.field_value end) as {{ measure }},
        {% endfor -%}
        sum(case when mapping.is_intentional and not coalesce(fields.is_automated, false) then fields.field_value end) as intentional_action_count,
        -- NULL where no record says whether it was automated
        sum(
            case
                when not mapping.is_intentional or fields.is_automated is null then null
                when fields.is_automated then fields.field_value
                else 0
            end
        ) as automated_action_count,
    from {{ ref('int_person_tool_day_field') }} as fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
    group by fields.employee_key, fields.tool_id, fields.activity_date
),

flags as (
    select distinct
        raised.employee_key,
        raised.tool_id,
        raised.activity_date,
    from {{ ref('int_person_tool_day_flag') }} as raised
    where raised.flag_kind = 'active'
),

modes as (
    select
        modes.employee_key,
        modes.tool_id,
        modes.activity_date,
        bool_or(modes.is_substantive) as is_substantive,
    from {{ ref('int_person_tool_mode_day') }} as modes
    group by modes.employee_key, modes.tool_id, modes.activity_date
),

settling as (
    select
        feeds.tool_id,
        max(feeds.settle_days) as settle_days,
    from {{ ref('int_tool_feed') }} as feeds
    group by feeds.tool_id
),

final as (
    select
        days.employee_key,
        days.tool_id,
        days.activity_date,
        coalesce(measures.intentional_action_count, 0) > 0 or flags.employee_key is not null as is_active,
        coalesce(modes.is_substantive, false) as is_substantive,
        cast(measures.intentional_action_count as bigint) as intentional_action_count,
        cast(measures.passive_action_count as bigint) as passive_action_count,
        cast(measures.automated_action_count as bigint) as automated_action_count,
        {% for measure in tool_measure_names() if measure not in ('passive_action_count', 'list_cost_usd') -%}
        cast(measures.{{ measure }} as bigint) as {{ measure }},
        {% endfor -%}
        cast(measures.list_cost_usd as decimal(18, 6)) as list_cost_usd,
        -- no invoice feed yet
        cast(null as decimal(18, 6)) as billed_cost_usd,
        days.activity_date > run_window.as_of_date - settling.settle_days as is_provisional,
    from days
    cross join run_window
    inner join settling
        on settling.tool_id = days.tool_id
    left join measures
        on measures.employee_key = days.employee_key
        and measures.tool_id = days.tool_id
        and measures.activity_date = days.activity_date
    left join flags
        on flags.employee_key = days.employee_key
        and flags.tool_id = days.tool_id
        and flags.activity_date = days.activity_date
    left join modes
        on modes.employee_key = days.employee_key
        and modes.tool_id = days.tool_id
        and modes.activity_date = days.activity_date
)

select * from final
