-- Grain: employee x tool x source x feed x activity date x automated or not x vendor field. The fields that seeds map to measures, where
-- stated, of the feeds that count for the tool on the date.
with days as (
    select * from {{ ref('int_person_feed_day') }}
),

stated as (
    {% for usage in usage_feeds() -%}
    {%- set names = usage.fields + usage.get('derived', {}).keys() | list -%}
    select
        days.employee_key,
        days.source,
        days.feed,
        days.record_tool_id,
        days.activity_date,
        days.is_automated,
        {{ unpivoted('days', names, 'vendor_field', 'field_value', 'decimal(24, 6)') }},
    from days
    where days.source = '{{ usage.source }}'
        and days.feed = '{{ usage.feed }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

mapped as (
    select mapping.source, mapping.feed, mapping.vendor_field, mapping.tool_id from {{ ref('tool_measures') }} as mapping
    union
    select mapping.source, mapping.feed, mapping.vendor_field, mapping.tool_id from {{ ref('mode_measures') }} as mapping
),

final as (
    select
        stated.employee_key,
        mapped.tool_id,
        stated.source,
        stated.feed,
        stated.activity_date,
        stated.is_automated,
        stated.vendor_field,
        stated.field_value,
    from stated
    inner join mapped
        on mapped.source = stated.source
        and mapped.feed = stated.feed
        and mapped.vendor_field = stated.vendor_field
        and mapped.tool_id = coalesce(stated.record_tool_id, mapped.tool_id)
    inner join {{ ref('int_tool_measure_feed') }} as feeds
        on feeds.tool_id = mapped.tool_id
        and feeds.source = stated.source
        and feeds.feed = stated.feed
        and feeds.valid_from <= stated.activity_date
        and {{ span_closed('feeds.valid_to') }} > stated.activity_date
    where stated.field_value is not null
)

select * from final
