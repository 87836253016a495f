-- Grain: landed record of openai/usage_completions, refused ones too, of deliveries that hold a touched date.
-- Requests and tokens of a bucket of time by user, key and model.
with records as (
    {{ landed_records('openai', 'usage_completions', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        {{ all_columns_text('records', [
            'bucket_start_at', 'bucket_end_at', 'actor_kind', 'actor_name', 'project_id', 'api_key_id', 'model_name', 'is_batch', 'service_tier',
        ]) }} as record_key,
        case when records.api_key_id is null then 'first_party' else 'api_key' end as route_code,
        records.model_name,
        -- a batch runs without anybody; whether a single request does the vendor does not tell
        case when records.is_batch then true end as is_automated,
        records.request_count,
        -- input that was read from the cache is counted apart
        coalesce(records.uncached_input_token_count, records.input_token_count) as input_token_count,
        records.output_token_count,
        records.cache_read_token_count,
        records.cache_write_token_count,
    from records
)

select * from final
