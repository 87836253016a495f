-- Grain: employee x tool x activity date x vendor field. The vendors' own fields, where stated; the seeds say which measures they feed.
with stated as (
    {% for tool_id, names in vendor_fields().items() -%}
    {%- set is_last_tool = loop.last -%}
    {%- for name in names -%}
    select
        days.employee_key,
        '{{ tool_id }}' as tool_id,
        days.activity_date,
        '{{ name }}' as vendor_field,
        cast(days.{{ name }} as decimal(24, 6)) as field_value,
    from {{ ref('int_' ~ tool_id ~ '__person_day') }} as days
    where days.{{ name }} is not null
    {{ 'union all' if not (is_last_tool and loop.last) }}
    {% endfor -%}
    {%- endfor %}
)

select * from stated
