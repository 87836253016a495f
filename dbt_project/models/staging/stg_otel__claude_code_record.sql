-- Grain: landed record of otel/claude_code, refused ones too, of deliveries that hold a touched date. An event or a metric point of Claude
-- Code. Events count: (session, sequence) tells a repeated one apart, and a decision says whether a person took it; what a metric point
-- adds up was already told by events, so points are kept as records and state nothing.
with records as (
    {{ landed_records('otel', 'claude_code', touched_only=true) }}
),

-- only a request names the model, and only by the name under which the route offers it
routed as (
    select
        records.*,
        max(
            case
                when records.model_name like '%anthropic.%' then 'bedrock'
                when records.model_name like '%@%' then 'vertex'
                when records.account_id is not null then 'first_party'
            end
        ) over (partition by records.session_id, records.activity_date) as session_route_code,
        records.metric_name is null and records.event_name = 'user_prompt' as is_prompt,
        records.metric_name is null and records.event_name = 'api_request' as is_request,
        records.metric_name is null and records.event_name = 'tool_decision' as is_decision,
        -- the edit tools whose decisions the vendor's own report counts
        records.tool_name in ('Edit', 'MultiEdit', 'Write', 'NotebookEdit') as is_edit_tool,
    from records
),

final as (
    select
        {{ usage_keys('routed') }},
        concat_ws(
            '|',
            routed.activity_date,
            coalesce(routed.session_id, ''),
            coalesce(routed.metric_name, ''),
            -- without a number in its session an event is told apart like a point
            coalesce(cast(routed.event_sequence as varchar), concat_ws('/', routed.event_name, routed.recorded_at, routed.attributes_hash)),
            case when routed.session_id is null then routed.actor_name end
        ) as record_key,
        case when routed.session_id is not null then routed.session_route_code end as route_code,
        routed.terminal_type as client_name,
        -- a decision taken by configuration is no session of its own
        case when routed.metric_name is null and not coalesce(routed.is_decision, false) then routed.session_id end as session_key,
        case
            when routed.app_entrypoint like 'sdk%' then true
            when routed.is_decision then routed.decision_source in ('config', 'hook')
            when routed.app_entrypoint is not null then false
        end as is_automated,
        case when routed.is_prompt then 1 end as prompt_count,
        case when routed.is_decision and routed.is_edit_tool then case when routed.decision = 'accept' then 1 else 0 end end as edit_accepted_count,
        case when routed.is_decision and routed.is_edit_tool then case when routed.decision = 'reject' then 1 else 0 end end as edit_rejected_count,
        {% for measure in ['input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd'] -%}
        case when routed.is_request then routed.{{ measure }} end as {{ measure }},
        {% endfor %}
    from routed
)

select * from final
