-- Grain: landed record of litellm/spend_logs, refused ones too, of deliveries that hold a touched date.
-- One request through the gateway.
with records as (
    {{ landed_records('litellm', 'spend_logs', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        records.request_id as record_key,
        -- which client sent it only the kind of call tells
        coalesce(clients.tool_id, 'llm_gateway') as tool_id,
        case
            when lower(records.route_provider) like 'bedrock%' then 'bedrock'
            when lower(records.route_provider) like 'vertex%' then 'vertex'
            else 'gateway'
        end as route_code,
        records.call_type as feature_name,
        records.model_name,
        -- a call that failed gave the person nothing
        case when lower(records.request_status) = 'failure' then 0 else 1 end as request_count,
        records.prompt_token_count as input_token_count,
        records.completion_token_count as output_token_count,
        records.list_cost_usd,
    from records
    left join {{ ref('gateway_clients') }} as clients
        on clients.source = 'litellm'
        and clients.call_type = records.call_type
)

select * from final
