-- Grain: landed record of claude_code/usage_report, refused ones too, of deliveries that hold a touched date. What an actor did
-- on a date in one terminal.
with records as (
    {{ landed_records('claude_code', 'usage_report', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        -- one person has a row per terminal, customer type and remote state: none of them may be left out of the key
        concat_ws(
            '|',
            records.activity_date,
            records.actor_kind,
            records.actor_name,
            coalesce(records.organization_id, ''),
            coalesce(records.customer_type, ''),
            coalesce(records.terminal_type, ''),
            case when coalesce(records.is_remote, false) then 'remote' else 'local' end
        ) as record_key,
        -- the report knows the vendor's own service alone: nothing of Bedrock, Vertex and Foundry
        'first_party' as route_code,
        records.terminal_type as client_name,
        records.model_breakdown as model_usage,
        records.session_count,
        records.lines_added_count,
        records.lines_removed_count,
        records.commit_count,
        records.pull_request_count,
        records.edit_accepted_count,
        records.edit_rejected_count,
        {% for measure in ['input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd'] -%}
        {{ struct_list_sum('records.model_breakdown', measure) }} as {{ measure }},
        {% endfor -%}
        -- everything in this report is set off by the person
        0 as passive_action_count,
    from records
)

select * from final
