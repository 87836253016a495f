-- Grain: landed record of cursor/daily_usage, refused ones too, of deliveries that hold a touched date. What a member did on a date.
with records as (
    {{ landed_records('cursor', 'daily_usage', touched_only=true) }}
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
        concat_ws('|', records.activity_date, records.actor_name) as record_key,
        null as tool_id,
        'first_party' as route_code,
        null as session_key,
        null as model_name,
        null as is_automated,
        null as model_usage,
        records.chat_request_count,
        records.composer_request_count,
        records.agent_request_count,
        records.inline_edit_count,
        records.tab_shown_count,
        records.tab_accepted_count,
        records.accept_count as edit_accepted_count,
        records.reject_count as edit_rejected_count,
        records.bugbot_use_count,
        records.accepted_lines_added_count,
        records.accepted_lines_deleted_count,
    from records
)

select * from final
