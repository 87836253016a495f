-- Grain: landed record of chatgpt/conversation_messages, refused ones too, of deliveries that hold a touched date. One message,
-- without its text.
with records as (
    {{ landed_records('chatgpt', 'conversation_messages', touched_only=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date,
        records.reject_reason,
        records.actor_kind,
        records.actor_name,
        records.message_id as record_key,
        records.conversation_id,
        records.message_role,
    from records
)

select * from final
