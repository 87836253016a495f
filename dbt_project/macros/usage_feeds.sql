{#
    Every feed of usage records: its source (also the tool's id), its name, and the staging model over it. A new source is a
    row here, its staging model, its record and person-day models, and its rows in the seeds; all other models loop over these.
#}
{% macro usage_feeds() %}
    {{ return([
        {'source': 'claude_code', 'feed': 'usage_report', 'staged': 'stg_claude_code__usage'},
        {'source': 'github_copilot', 'feed': 'users_1_day', 'staged': 'stg_github_copilot__user_day'},
        {'source': 'chatgpt', 'feed': 'conversation_messages', 'staged': 'stg_chatgpt__message'},
    ]) }}
{% endmacro %}


{# The sources of usage as a list of SQL texts, for `in (...)`. #}
{% macro usage_sources() -%}
{%- for usage in usage_feeds() -%}'{{ usage.source }}'{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{# The fields of each person-day model that seeds may map to measures, under the vendor's own names. #}
{% macro vendor_fields() %}
    {{ return({
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
    }) }}
{% endmacro %}
