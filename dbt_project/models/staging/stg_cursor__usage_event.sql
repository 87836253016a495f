-- Grain: landed record of cursor/usage_events, refused ones too, of deliveries that hold a touched date. One request, its tokens and
-- its cost.
with records as (
    {{ landed_records('cursor', 'usage_events', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        -- events have no id: an event is all that is said of it
        {{ all_columns_text('records', [
            'actor_name', 'occurred_at', 'model_name', 'event_kind', 'is_max_mode', 'request_cost_count', 'is_token_based', 'is_chargeable',
            'is_headless', 'is_free_bugbot', 'input_token_count', 'output_token_count', 'cache_read_token_count', 'cache_write_token_count',
            'list_cost_usd', 'discount_percent', 'charged_usd', 'token_fee_usd',
        ]) }} as record_key,
        'first_party' as route_code,
        coalesce(records.model_name, 'not stated') as model_name,
        records.is_headless as is_automated,
        1 as request_count,
        records.input_token_count,
        records.output_token_count,
        records.cache_read_token_count,
        records.cache_write_token_count,
        records.list_cost_usd,
    from records
)

select * from final
