{#- The vendors' own fields, one row per field that the vendor stated; the seeds say which measures they feed. -#}
{%- set fields = {
    'claude_code': [
        'session_count', 'lines_added_count', 'lines_removed_count', 'commit_count', 'pull_request_count',
        'edit_accepted_count', 'edit_rejected_count', 'input_token_count', 'output_token_count',
        'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd', 'passive_action_count',
    ],
    'github_copilot': [
        'user_initiated_interaction_count', 'cli_prompt_count', 'cli_session_count', 'chat_prompt_count',
        'agent_prompt_count', 'suggestion_shown_count', 'suggestion_accepted_count', 'passive_action_count',
        'loc_suggested_to_add_sum', 'loc_added_sum', 'loc_deleted_sum', 'cli_prompt_token_count',
        'cli_output_token_count',
    ],
    'chatgpt': ['user_message_count', 'conversation_count', 'passive_action_count'],
} -%}
with stated as (
    {% for tool_id, names in fields.items() -%}
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
