-- Grain: employee x activity date. The vendor's own fields, summed over the accepted records of included people.
with records as (
    select
        records.*,
        usage.employee_key,
    from {{ ref('int_claude_code__record') }} as records
    inner join {{ ref('int_included_usage') }} as usage
        on usage.source = 'claude_code'
        and usage.employee_id = records.employee_id
        and usage.activity_date = records.activity_date
    where records.record_status = 'accepted'
),

models as (
    select
        records.employee_key,
        records.activity_date,
        sum({{ struct_list_sum('records.model_breakdown', 'input_token_count') }}) as input_token_count,
        sum({{ struct_list_sum('records.model_breakdown', 'output_token_count') }}) as output_token_count,
        sum({{ struct_list_sum('records.model_breakdown', 'cache_read_token_count') }}) as cache_read_token_count,
        sum({{ struct_list_sum('records.model_breakdown', 'cache_write_token_count') }}) as cache_write_token_count,
        sum({{ struct_list_sum('records.model_breakdown', 'list_cost_usd') }}) as list_cost_usd,
    from records
    group by records.employee_key, records.activity_date
),

counts as (
    select
        records.employee_key,
        records.activity_date,
        sum(records.session_count) as session_count,
        sum(records.lines_added_count) as lines_added_count,
        sum(records.lines_removed_count) as lines_removed_count,
        sum(records.commit_count) as commit_count,
        sum(records.pull_request_count) as pull_request_count,
        sum(records.edit_accepted_count) as edit_accepted_count,
        sum(records.edit_rejected_count) as edit_rejected_count,
        -- everything in this report is set off by the person
        0 as passive_action_count,
    from records
    group by records.employee_key, records.activity_date
),

final as (
    select
        counts.*,
        models.input_token_count,
        models.output_token_count,
        models.cache_read_token_count,
        models.cache_write_token_count,
        models.list_cost_usd,
    from counts
    inner join models
        on models.employee_key = counts.employee_key
        and models.activity_date = counts.activity_date
)

select * from final
