-- Grain: employee x tool x activity date x flag that was raised. is_counted says whether every record stated the count it stands for.
{%- set flags = {
    'used_chat': 'chat_prompt_count', 'used_agent': 'agent_prompt_count', 'used_cli': 'cli_prompt_count',
    'used_copilot_coding_agent': none, 'used_copilot_cloud_agent': none,
    'used_copilot_code_review_active': none, 'used_copilot_code_review_passive': none,
} %}
with raised as (
    {% for flag_name, counted_by in flags.items() -%}
    select
        records.employee_key,
        'github_copilot' as tool_id,
        records.activity_date,
        '{{ flag_name }}' as flag_name,
        {{ 'records.' ~ counted_by ~ ' is not null' if counted_by else 'false' }} as is_counted,
    from {{ ref('int_github_copilot__person_record') }} as records
    where records.{{ flag_name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        raised.employee_key,
        raised.tool_id,
        raised.activity_date,
        raised.flag_name,
        flags.mode_code,
        flags.flag_kind,
        bool_and(raised.is_counted) as is_counted,
    from raised
    inner join {{ ref('tool_flags') }} as flags
        on flags.tool_id = raised.tool_id
        and flags.flag_name = raised.flag_name
    group by raised.employee_key, raised.tool_id, raised.activity_date, raised.flag_name, flags.mode_code, flags.flag_kind
)

select * from final
