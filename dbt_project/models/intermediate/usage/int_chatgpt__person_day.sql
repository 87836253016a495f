-- Grain: employee x activity date. The vendor's own fields, summed over the accepted records of included people.
with records as (
    select
        records.*,
        usage.employee_key,
    from {{ ref('int_chatgpt__record') }} as records
    inner join {{ ref('int_included_usage') }} as usage
        on usage.source = 'chatgpt'
        and usage.employee_id = records.employee_id
        and usage.activity_date = records.activity_date
    where records.record_status = 'accepted'
),

final as (
    select
        records.employee_key,
        records.activity_date,
        sum(case when records.message_role = 'user' then 1 else 0 end) as user_message_count,
        count(distinct records.conversation_id) as conversation_count,
        -- nothing in this feed merely happens to the person
        0 as passive_action_count,
    from records
    group by records.employee_key, records.activity_date
)

select * from final
