{#
    Every feed of usage records, a row each: the staging model over it, which of usage_attributes() it states, the vendor's fields that are
    summed per person and day, those that
    are `derived` from the records of a day by an expression of their own, and the flags it raises, each with the field that counts the
    same use (none = nothing does). `looks_back` = a snapshot of last activities; `sums_periods` = see
    period_feeds(). Seeds say which fields feed which measures of which tool. All other models loop over these rows.
#}
{% macro usage_feeds() %}
    {{ return([
        {
            'source': 'claude_code', 'feed': 'usage_report', 'staged': 'stg_claude_code__usage',
            'attributes': ['route_code', 'client_name', 'model_usage'],
            'fields': [
                'session_count', 'lines_added_count', 'lines_removed_count', 'commit_count', 'pull_request_count',
                'edit_accepted_count', 'edit_rejected_count', 'input_token_count', 'output_token_count',
                'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd', 'passive_action_count',
            ],
        },
        {
            'source': 'github_copilot', 'feed': 'users_1_day', 'staged': 'stg_github_copilot__user_day',
            'attributes': ['route_code', 'feature_usage'],
            'fields': [
                'user_initiated_interaction_count', 'cli_prompt_count', 'cli_session_count', 'chat_prompt_count', 'agent_prompt_count',
                'suggestion_shown_count', 'suggestion_accepted_count', 'loc_suggested_to_add_sum', 'loc_added_sum', 'loc_deleted_sum',
                'cli_prompt_token_count', 'cli_output_token_count',
            ],
            'derived': {
                'passive_action_count': 'case when sum(suggestion_shown_count) is not null '
                    ~ 'then greatest(0, sum(suggestion_shown_count) - coalesce(sum(suggestion_accepted_count), 0)) end',
            },
            'flags': {
                'used_chat': 'chat_prompt_count', 'used_agent': 'agent_prompt_count', 'used_cli': 'cli_prompt_count',
                'used_copilot_coding_agent': none, 'used_copilot_cloud_agent': none,
                'used_copilot_code_review_active': none, 'used_copilot_code_review_passive': none,
            },
        },
        {
            'source': 'chatgpt', 'feed': 'conversation_messages', 'staged': 'stg_chatgpt__message',
            'attributes': ['route_code', 'session_key'],
            'fields': ['user_message_count', 'passive_action_count'],
            'derived': {'conversation_count': 'count(distinct session_key)'},
        },
        {
            'source': 'cursor', 'feed': 'daily_usage', 'staged': 'stg_cursor__member_day',
            'attributes': ['route_code'],
            'fields': [
                'chat_request_count', 'composer_request_count', 'agent_request_count', 'inline_edit_count', 'tab_shown_count',
                'tab_accepted_count', 'edit_accepted_count', 'edit_rejected_count', 'bugbot_use_count', 'accepted_lines_added_count',
                'accepted_lines_deleted_count',
            ],
            'derived': {'passive_action_count': 'greatest(0, sum(tab_shown_count) - coalesce(sum(tab_accepted_count), 0))'},
        },
        {
            'source': 'cursor', 'feed': 'usage_events', 'staged': 'stg_cursor__usage_event',
            'attributes': ['route_code', 'model_name', 'is_automated'],
            'fields': [
                'request_count', 'input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count',
                'list_cost_usd',
            ],
        },
        {
            'source': 'claude_enterprise', 'feed': 'users', 'staged': 'stg_claude_enterprise__user_day',
            'attributes': ['route_code'],
            'fields': [
                'chat_message_count', 'chat_distinct_conversation_count', 'science_message_count', 'design_message_count',
                'code_distinct_session_count', 'code_edit_accepted_count', 'code_edit_rejected_count', 'code_commit_count',
                'code_pull_request_count', 'code_lines_added_count', 'code_lines_removed_count', 'cowork_message_count',
                'cowork_distinct_session_count', 'office_message_count', 'passive_action_count',
            ],
            'derived': {'office_active_date_count': 'case when sum(office_message_count) > 0 then 1 else 0 end'},
        },
        {
            'source': 'openai', 'feed': 'usage_completions', 'staged': 'stg_openai__usage',
            'attributes': ['route_code', 'model_name', 'is_automated'],
            'fields': ['request_count', 'input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count'],
        },
        {
            'source': 'litellm', 'feed': 'spend_logs', 'staged': 'stg_litellm__request',
            'attributes': ['tool_id', 'route_code', 'feature_name', 'model_name'],
            'fields': ['request_count', 'input_token_count', 'output_token_count', 'list_cost_usd'],
        },
        {
            'source': 'gemini_workspace', 'feed': 'activities', 'staged': 'stg_gemini_workspace__event',
            'attributes': ['route_code', 'feature_name'],
            'fields': ['chat_use_count', 'office_use_count', 'passive_action_count'],
            'derived': {'office_active_date_count': 'case when sum(office_use_count) > 0 then 1 else 0 end'},
        },
        {
            'source': 'otel', 'feed': 'claude_code', 'staged': 'stg_otel__claude_code_record',
            'attributes': ['route_code', 'client_name', 'session_key', 'is_automated'],
            'fields': [
                'prompt_count', 'edit_accepted_count', 'edit_rejected_count', 'input_token_count', 'output_token_count',
                'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd',
            ],
            'derived': {'session_count': 'count(distinct session_key)'},
        },
        {
            'source': 'github_copilot', 'feed': 'seats', 'staged': 'stg_github_copilot__seat',
            'attributes': ['route_code'],
            'fields': [],
            'looks_back': true,
        },
        {
            'source': 'm365_copilot', 'feed': 'usage_user_detail', 'staged': 'stg_m365_copilot__licence_use',
            'attributes': ['route_code', 'stated_date'],
            'fields': ['office_application_count'],
            'derived': {'office_active_date_count': 'case when sum(office_application_count) > 0 then 1 end'},
            'flags': {'used_office': 'office_application_count', 'used_copilot_chat': none},
        },
        {
            'source': 'amazon_q', 'feed': 'user_activity', 'staged': 'stg_amazon_q__user_day',
            'attributes': ['route_code', 'client_name'],
            'fields': [
                'inline_suggestion_count', 'inline_acceptance_count', 'chat_prompt_count', 'chat_conversation_count',
                'inline_chat_prompt_count', 'inline_chat_acceptance_count', 'inline_chat_rejection_count', 'inline_chat_dismissal_count',
                'dev_generation_count', 'dev_acceptance_count', 'code_fix_generation_count', 'code_fix_acceptance_count',
                'doc_generation_count', 'test_generation_count', 'transformation_count', 'code_review_succeeded_count',
                'code_review_failed_count', 'inline_ai_code_line_count', 'chat_ai_code_line_count',
                'inline_chat_accepted_line_addition_count', 'inline_chat_accepted_line_deletion_count', 'code_fix_accepted_line_count',
                'dev_accepted_line_count', 'doc_generation_accepted_line_addition_count', 'test_generation_accepted_line_count',
            ],
            'derived': {
                'passive_action_count': 'case when sum(inline_suggestion_count) is not null '
                    ~ 'then greatest(0, sum(inline_suggestion_count) - coalesce(sum(inline_acceptance_count), 0)) end',
            },
        },
        {
            'source': 'chatgpt', 'feed': 'user_analytics', 'staged': 'stg_chatgpt__user_period',
            'attributes': ['route_code'],
            'fields': ['message_count'],
            'sums_periods': true,
        },
    ]) }}
{% endmacro %}


{# Those whose records count use. #}
{% macro counting_feeds() %}{{ return(usage_feeds() | selectattr('fields') | list) }}{% endmacro %}


{#
    Those whose records are sums over a period, from its first day, their activity date, to `period_end_date`. They are held against the
    feed that decides, never added to it.
#}
{% macro period_feeds() %}{{ return(usage_feeds() | selectattr('sums_periods', 'defined') | list) }}{% endmacro %}


{# A month is the longest period that a vendor sums up. #}
{% macro longest_period_days() %}{{ return(31) }}{% endmacro %}


{# The vendor's fields of a feed and what is derived from them. #}
{% macro summed_fields(usage) %}{{ return(usage.fields + usage.get('derived', {}).keys() | list) }}{% endmacro %}


{#
    Employee x tool x source x feed x activity date x automated or not x vendor field: the fields that seeds map to measures, where stated,
    of those feeds that `feeds` names for the tool on the date.
#}
{% macro tool_day_fields(feeds) %}
with days as (
    select * from {{ ref('int_person_feed_day') }}
),

stated as (
    {% for usage in counting_feeds() -%}
    select
        days.employee_key,
        days.source,
        days.feed,
        days.record_tool_id,
        days.activity_date,
        days.is_automated,
        {{ unpivoted('days', summed_fields(usage), 'vendor_field', 'field_value', 'decimal(24, 6)') }},
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
    inner join {{ feeds }} as feeds
        on feeds.tool_id = mapped.tool_id
        and feeds.source = stated.source
        and feeds.feed = stated.feed
        and feeds.valid_from <= stated.activity_date
        and {{ span_closed('feeds.valid_to') }} > stated.activity_date
    where stated.field_value is not null
)

select * from final
{% endmacro %}


{# The columns that int_usage_record has of every feed besides those that all share, with their types; a feed leaves out what it does not have. #}
{% macro usage_columns() %}
    {%- set columns = {} -%}
    {%- for usage in usage_feeds() -%}
        {%- for name in usage.fields -%}{%- do columns.update({name: usage_field_type(name)}) -%}{%- endfor -%}
        {%- for name in usage.get('flags', {}) -%}{%- do columns.update({name: 'boolean'}) -%}{%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}


{# Money is exact, everything else is counted. #}
{% macro usage_field_type(name) -%}{{ return('decimal(18, 6)' if name.endswith('_usd') else 'bigint') }}{%- endmacro %}


{# The feeds of usage as rows of SQL texts, for `(source, feed) in (...)`. #}
{% macro usage_feed_names() -%}
{%- for usage in usage_feeds() -%}('{{ usage.source }}', '{{ usage.feed }}'){{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}


{#
    What a staging model over usage may state beside its keys; where a feed does not say, all its records have NULL: the one tool a
    record is about (where a feed holds several and a record only one), the client and the feature it was used through as the vendor names
    them, or a list of features, whether a schedule, hook or configuration set it off, and of a record that was derived the date of the
    record that states it: what is derived was never landed, so it is counted as use and not as a record.
#}
{% macro usage_attributes() %}
    {{ return({
        'tool_id': 'varchar',
        'route_code': 'varchar',
        'client_name': 'varchar',
        'feature_name': 'varchar',
        'feature_usage': feature_usage_type(),
        'session_key': 'varchar',
        'model_name': 'varchar',
        'is_automated': 'boolean',
        'stated_date': 'date',
        'model_usage': model_usage_type(),
    }) }}
{% endmacro %}


{# Use per model, where a record lists several. #}
{% macro model_usage_type() -%}
struct(model_name varchar, input_token_count bigint, output_token_count bigint, cache_read_token_count bigint, cache_write_token_count bigint, list_cost_usd decimal(18, 6))[]
{%- endmacro %}


{# Use per feature, where a record lists several: as landed, so that nothing is taken apart that is not looked at. #}
{% macro feature_usage_type() -%}
struct(feature varchar, user_initiated_interaction_count bigint, code_generation_activity_count bigint, code_acceptance_activity_count bigint, loc_suggested_to_add_sum bigint, loc_added_sum bigint, loc_deleted_sum bigint)[]
{%- endmacro %}


{# One text of several columns that may be NULL, for a record key: two rows have the same text where all columns are the same. #}
{% macro all_columns_text(relation, columns) -%}
concat_ws('|'{% for column in columns %}, coalesce(cast({{ relation }}.{{ column }} as varchar), '-'){% endfor %})
{%- endmacro %}


{# The columns that all staging models over usage begin with. #}
{% macro usage_keys(relation) -%}
{%- for name in ['delivery_id', 'record_line', 'rank_at', 'ledger_order', 'activity_date', 'reject_reason', 'actor_kind', 'actor_name'] -%}
{{ relation }}.{{ name }}{{ ',\n        ' if not loop.last }}
{%- endfor -%}
{%- endmacro %}


{# The records of touched dates that count for included people, with their keys; more conditions may follow it. #}
{% macro included_records() -%}
select
        records.*,
        usage.employee_key,
    from {{ ref('int_usage_record') }} as records
    inner join {{ ref('int_included_usage') }} as usage
        on usage.employee_id = records.employee_id
        and usage.activity_date = records.activity_date
    where records.record_status = 'accepted'
{%- endmacro %}
