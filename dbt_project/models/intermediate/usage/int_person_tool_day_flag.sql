-- Grain: employee x tool x activity date x flag that was raised. is_counted says whether every record stated the count it stands for.
with records as (
    {{ included_records() }}
),

raised as (
    {% for usage in usage_feeds() if usage.get('flags') -%}
    {%- set is_last_feed = loop.last -%}
    {%- for flag_name, counted_by in usage.flags.items() -%}
    select
        records.employee_key,
        records.source,
        records.feed,
        records.tool_id as record_tool_id,
        records.activity_date,
        '{{ flag_name }}' as flag_name,
        {{ 'records.' ~ counted_by ~ ' is not null' if counted_by else 'false' }} as is_counted,
    from records
    where records.source = '{{ usage.source }}'
        and records.feed = '{{ usage.feed }}'
        and records.{{ flag_name }}
    {{ 'union all' if not (is_last_feed and loop.last) }}
    {% endfor -%}
    {%- endfor %}
),

final as (
    select
        raised.employee_key,
        flags.tool_id,
        raised.activity_date,
        raised.flag_name,
        flags.mode_code,
        flags.flag_kind,
        bool_and(raised.is_counted) as is_counted,
    from raised
    inner join {{ ref('tool_flags') }} as flags
        on flags.source = raised.source
        and flags.feed = raised.feed
        and flags.flag_name = raised.flag_name
        and flags.tool_id = coalesce(raised.record_tool_id, flags.tool_id)
    inner join {{ ref('int_tool_measure_feed') }} as feeds
        on feeds.tool_id = flags.tool_id
        and feeds.source = raised.source
        and feeds.feed = raised.feed
        and feeds.valid_from <= raised.activity_date
        and {{ span_closed('feeds.valid_to') }} > raised.activity_date
    group by raised.employee_key, flags.tool_id, raised.activity_date, raised.flag_name, flags.mode_code, flags.flag_kind
)

select * from final
