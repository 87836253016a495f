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

-- a row for every person and day of which a record was accepted, also when it states nothing but zeros
days as (
    {% for usage in usage_feeds() -%}
    select
        days.employee_key,
        '{{ usage.source }}' as tool_id,
        days.activity_date,
    from {{ ref('int_' ~ usage.source ~ '__person_day') }} as days
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

measures as (
    select
        fields.employee_key,
        fields.tool_id,
        fields.activity_date,
        {% for measure in tool_measure_names() -%}
        sum(case when mapping.measure_name = '{{ measure }}' then fields.field_value end) as {{ measure }},
        {% endfor -%}
        sum(case when mapping.is_intentional then fields.field_value end) as intentional_action_count,
    from {{ ref('int_person_tool_day_field') }} as fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.tool_id = fields.tool_id
        and mapping.vendor_field = fields.vendor_field
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
    from {{ ref('tool_feeds') }} as feeds
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
        -- none of the tools tells headless runs apart yet: not stated, which is not 0
        cast(null as bigint) as automated_action_count,
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
