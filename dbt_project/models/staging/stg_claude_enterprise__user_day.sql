-- Grain: landed record of claude_enterprise/users, refused ones too, of deliveries that hold a touched date.
-- What a user did on a date with each of the vendor's products.
{%- set office_messages = ['excel_message_count', 'outlook_message_count', 'powerpoint_message_count', 'word_message_count'] %}
with records as (
    {{ landed_records('claude_enterprise', 'users', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        -- rows grouped by rbac_group overlap: a person in two groups is in two rows of equal worth, of which one counts
        concat_ws('|', records.activity_date, coalesce(records.vendor_user_id, records.actor_name)) as record_key,
        'first_party' as route_code,
        records.chat_message_count,
        records.chat_distinct_conversation_count,
        records.science_message_count,
        records.design_message_count,
        records.code_distinct_session_count,
        records.code_edit_accepted_count,
        records.code_edit_rejected_count,
        records.code_commit_count,
        records.code_pull_request_count,
        records.code_lines_added_count,
        records.code_lines_removed_count,
        records.cowork_message_count,
        records.cowork_distinct_session_count,
        {{ stated_sum('records', office_messages) }} as office_message_count,
        -- everything in this report is set off by the person
        0 as passive_action_count,
    from records
)

select * from final
