{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
with elements as (
    select
        usage.employee_key,
        records.activity_date,
        {{ unnested_struct('records.model_breakdown') }} as breakdown,
    from {{ ref('int_claude_code__record') }} as records
    inner join {{ ref('int_included_usage') }} as usage
        on usage.source = 'claude_code'
        and usage.employee_id = records.employee_id
        and usage.activity_date = records.activity_date
    where records.record_status = 'accepted'
        and records.model_breakdown is not null
),

final as (
    select
        elements.employee_key,
        'claude_code' as tool_id,
        elements.activity_date,
        elements.breakdown.model_name as model_name,
        -- this vendor states tokens per model, not requests
        cast(null as bigint) as request_count,
        cast(sum(elements.breakdown.input_token_count) as bigint) as input_token_count,
        cast(sum(elements.breakdown.output_token_count) as bigint) as output_token_count,
        cast(sum(elements.breakdown.cache_read_token_count) as bigint) as cache_read_token_count,
        cast(sum(elements.breakdown.cache_write_token_count) as bigint) as cache_write_token_count,
        cast(sum(elements.breakdown.list_cost_usd) as decimal(18, 6)) as list_cost_usd,
    from elements
    group by elements.employee_key, elements.activity_date, elements.breakdown.model_name
)

select * from final
