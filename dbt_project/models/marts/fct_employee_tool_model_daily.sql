{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}
{%- set measures = ['input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd'] %}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
with records as (
    {{ included_records() }}
),

-- a record that lists several models
elements as (
    select
        records.employee_key,
        records.source,
        records.feed,
        records.tool_id as record_tool_id,
        records.activity_date,
        {{ unnested_struct('records.model_usage') }} as model_usage,
    from records
    where records.model_usage is not null
),

-- a record about one model: its fields feed the measures that they feed of the day
named as (
    {% for usage in counting_feeds() -%}
    select
        records.employee_key,
        records.source,
        records.feed,
        records.tool_id as record_tool_id,
        records.activity_date,
        records.model_name,
        {{ unpivoted('records', usage.fields, 'vendor_field', 'field_value', 'decimal(24, 6)') }},
    from records
    where records.source = '{{ usage.source }}'
        and records.feed = '{{ usage.feed }}'
        and records.model_name is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

measured as (
    select
        named.employee_key,
        named.source,
        named.feed,
        mapping.tool_id,
        named.activity_date,
        named.model_name,
        mapping.measure_name,
        named.field_value,
    from named
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = named.source
        and mapping.feed = named.feed
        and mapping.vendor_field = named.vendor_field
        and mapping.tool_id = coalesce(named.record_tool_id, mapping.tool_id)
),

combined as (
    select
        elements.employee_key,
        elements.source,
        elements.feed,
        elements.record_tool_id as tool_id,
        elements.activity_date,
        elements.model_usage.model_name as model_name,
        -- such a list states tokens per model, not requests
        cast(null as bigint) as request_count,
        {% for measure in measures -%}
        elements.model_usage.{{ measure }} as {{ measure }},
        {% endfor %}
    from elements
    union all
    select
        measured.employee_key,
        measured.source,
        measured.feed,
        measured.tool_id,
        measured.activity_date,
        measured.model_name,
        {% for measure in ['request_count'] + measures -%}
        case when measured.measure_name = '{{ measure }}' then measured.field_value end as {{ measure }},
        {% endfor %}
    from measured
),

final as (
    select
        combined.employee_key,
        feeds.tool_id,
        combined.activity_date,
        combined.model_name,
        cast(sum(combined.request_count) as bigint) as request_count,
        {% for measure in measures if measure != 'list_cost_usd' -%}
        cast(sum(combined.{{ measure }}) as bigint) as {{ measure }},
        {% endfor -%}
        cast(sum(combined.list_cost_usd) as decimal(18, 6)) as list_cost_usd,
    from combined
    inner join {{ ref('int_tool_measure_feed') }} as feeds
        on feeds.source = combined.source
        and feeds.feed = combined.feed
        and feeds.tool_id = coalesce(combined.tool_id, feeds.tool_id)
        and feeds.valid_from <= combined.activity_date
        and {{ span_closed('feeds.valid_to') }} > combined.activity_date
    group by combined.employee_key, feeds.tool_id, combined.activity_date, combined.model_name
)

select * from final
