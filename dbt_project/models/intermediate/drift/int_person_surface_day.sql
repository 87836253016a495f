-- Grain: employee x tool x activity date x surface kind x surface, of touched dates. What a person set off in each client and with each
-- feature of a tool; features are those that records name, of feeds that name none the vendor's counters.
with records as (
    {{ included_records() }}
        and not coalesce(records.is_automated, false)
),

named as (
    {% for usage in counting_feeds() -%}
    {%- for attribute in ['client_name', 'feature_name'] if attribute in usage.attributes -%}
    select
        records.employee_key,
        records.source,
        records.feed,
        records.tool_id as record_tool_id,
        records.activity_date,
        '{{ attribute.removesuffix('_name') }}' as surface_kind,
        {{ surface_label('records.' ~ attribute) }} as surface_name,
        {{ unpivoted('records', usage.fields, 'vendor_field', 'field_value', 'decimal(24, 6)') }},
    from records
    where records.source = '{{ usage.source }}'
        and records.feed = '{{ usage.feed }}'
        and records.{{ attribute }} is not null
    union all
    {% endfor -%}
    {% endfor -%}
    -- no record: only the columns
    select
        records.employee_key,
        records.source,
        records.feed,
        records.tool_id as record_tool_id,
        records.activity_date,
        cast(null as varchar) as surface_kind,
        cast(null as varchar) as surface_name,
        cast(null as varchar) as vendor_field,
        cast(null as decimal(24, 6)) as field_value,
    from records
    where false
),

set_off as (
    select
        named.employee_key,
        mapping.tool_id,
        named.source,
        named.feed,
        named.activity_date,
        named.surface_kind,
        named.surface_name,
        named.field_value as action_count,
    from named
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = named.source
        and mapping.feed = named.feed
        and mapping.vendor_field = named.vendor_field
        and mapping.tool_id = coalesce(named.record_tool_id, mapping.tool_id)
        and mapping.is_intentional
),

elements as (
    select
        records.employee_key,
        records.source,
        records.feed,
        records.activity_date,
        {{ unnested_struct('records.feature_usage') }} as feature_usage,
    from records
    where records.feature_usage is not null
),

-- a record that lists several features: prompts and acceptances are what a person sets off
listed as (
    select
        elements.employee_key,
        feeds.tool_id,
        elements.source,
        elements.feed,
        elements.activity_date,
        'feature' as surface_kind,
        {{ surface_label('elements.feature_usage.feature') }} as surface_name,
        false as is_counter,
        coalesce(elements.feature_usage.user_initiated_interaction_count, 0)
            + coalesce(elements.feature_usage.code_acceptance_activity_count, 0) as action_count,
    from elements
    inner join {{ ref('int_tool_measure_feed') }} as feeds
        on feeds.source = elements.source
        and feeds.feed = elements.feed
),

counters as (
    select
        fields.employee_key,
        fields.tool_id,
        fields.source,
        fields.feed,
        fields.activity_date,
        'feature' as surface_kind,
        fields.vendor_field as surface_name,
        true as is_counter,
        fields.field_value as action_count,
    from {{ ref('int_person_tool_day_field') }} as fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
        and mapping.is_intentional
    where not coalesce(fields.is_automated, false)
    {%- for usage in counting_feeds() if 'feature_name' in usage.attributes or 'feature_usage' in usage.attributes %}
        and (fields.source <> '{{ usage.source }}' or fields.feed <> '{{ usage.feed }}')
    {%- endfor %}
),

combined as (
    select
        set_off.*,
        false as is_counter,
    from set_off
    union all by name
    select * from listed
    union all by name
    select * from counters
),

final as (
    select
        combined.employee_key,
        combined.tool_id,
        combined.activity_date,
        combined.surface_kind,
        combined.surface_name,
        bool_and(combined.is_counter) as is_counter,
        cast(sum(combined.action_count) as bigint) as action_count,
    from combined
    inner join {{ ref('int_tool_measure_feed') }} as feeds
        on feeds.tool_id = combined.tool_id
        and feeds.source = combined.source
        and feeds.feed = combined.feed
        and feeds.valid_from <= combined.activity_date
        and {{ span_closed('feeds.valid_to') }} > combined.activity_date
    where combined.action_count > 0
    group by combined.employee_key, combined.tool_id, combined.activity_date, combined.surface_kind, combined.surface_name
)

select * from final
