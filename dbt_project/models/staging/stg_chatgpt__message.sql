-- Grain: landed record of chatgpt/conversation_messages, refused ones too, of deliveries that hold a touched date. One message,
-- without its text.
with records as (
    {{ landed_records('chatgpt', 'conversation_messages', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        records.message_id as record_key,
        'first_party' as route_code,
        records.conversation_id as session_key,
        case when records.message_role = 'user' then 1 else 0 end as user_message_count,
        -- nothing in this feed merely happens to the person
        0 as passive_action_count,
    from records
)

select * from final
