-- Grain: employee x tool x source x feed x first day x last day x measure, of periods that hold a touched date. What a feed says that
-- somebody did in a period; whose it is stands as for the record itself, as of its first day.
with stated as (
    {% for usage in period_feeds() -%}
    select
        actors.employee_id,
        records.source,
        records.feed,
        records.from_date,
        records.to_date,
        {{ unpivoted('records', usage.fields, 'vendor_field', 'field_value', 'decimal(24, 6)') }},
    from {{ ref('int_period_record') }} as records
    inner join {{ ref('int_actor_resolution') }} as actors
        on actors.source = records.source
        and actors.actor_kind = records.actor_kind
        and actors.actor_name = records.actor_name
        and actors.activity_date = records.from_date
    where records.source = '{{ usage.source }}'
        and records.feed = '{{ usage.feed }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        keys.employee_key,
        mapping.tool_id,
        stated.source,
        stated.feed,
        stated.from_date,
        stated.to_date,
        mapping.measure_name,
        sum(stated.field_value) as measure_value,
    from stated
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = stated.source
        and mapping.feed = stated.feed
        and mapping.vendor_field = stated.vendor_field
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = stated.employee_id
    where stated.field_value is not null
    group by keys.employee_key, mapping.tool_id, stated.source, stated.feed, stated.from_date, stated.to_date, mapping.measure_name
)

select * from final
