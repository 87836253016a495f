-- Grain: landed record of cursor/daily_usage, refused ones too, of deliveries that hold a touched date. What a member did on a date.
with records as (
    {{ landed_records('cursor', 'daily_usage', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        concat_ws('|', records.activity_date, records.actor_name) as record_key,
        'first_party' as route_code,
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
