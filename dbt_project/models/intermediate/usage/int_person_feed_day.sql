-- Grain: employee x source x feed x record's own tool x automated or not x activity date. The vendors' own fields, summed over the
-- accepted records of included people; a feed has its own columns, the others are NULL.
{%- set columns = {} -%}
{%- for usage in counting_feeds() -%}
    {%- for name in summed_fields(usage) -%}{%- do columns.update({name: usage_field_type(name)}) -%}{%- endfor -%}
{%- endfor %}
with records as (
    {{ included_records() }}
),

final as (
    {% for usage in counting_feeds() -%}
    {%- set derived = usage.get('derived', {}) -%}
    select
        employee_key,
        source,
        feed,
        tool_id as record_tool_id,
        is_automated,
        activity_date,
        {% for name, type in columns.items() -%}
        {%- if name in usage.fields -%}
        cast(sum({{ name }}) as {{ type }}) as {{ name }},
        {%- elif name in derived -%}
        cast({{ derived[name] }} as {{ type }}) as {{ name }},
        {%- else -%}
        cast(null as {{ type }}) as {{ name }},
        {%- endif %}
        {% endfor %}
    from records
    where source = '{{ usage.source }}'
        and feed = '{{ usage.feed }}'
    group by employee_key, source, feed, tool_id, is_automated, activity_date
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
