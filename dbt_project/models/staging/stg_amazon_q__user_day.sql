-- Grain: landed record of amazon_q/user_activity, refused ones too, of deliveries that hold a touched date. What a user did on a date, in
-- the newer layout in one client.
with records as (
    {{ landed_records('amazon_q', 'user_activity', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        concat_ws('|', records.activity_date, records.actor_name, coalesce(records.client_type, '')) as record_key,
        'first_party' as route_code,
        records.client_type as client_name,
        records.inline_suggestion_count,
        records.inline_acceptance_count,
        -- Messages are counted in both directions, and not every prompt has one answer. Sure are a prompt for each answer
        -- somebody acted on, one for each conversation, and one where there are messages at all.
        case
            when coalesce(
                records.chat_message_sent_count, records.chat_message_interacted_count, records.message_count, records.chat_conversation_count
            ) is not null
                then greatest(
                    coalesce(records.chat_message_interacted_count, 0),
                    coalesce(records.chat_conversation_count, 0),
                    case when records.chat_message_sent_count > 0 or records.message_count > 0 then 1 else 0 end
                )
        end as chat_prompt_count,
        records.chat_conversation_count,
        -- every use of the chat in the line ends in one of three ways
        coalesce(
            records.inline_chat_total_count,
            {{ stated_sum('records', ['inline_chat_acceptance_count', 'inline_chat_rejection_count', 'inline_chat_dismissal_count']) }}
        ) as inline_chat_prompt_count,
        records.inline_chat_acceptance_count,
        records.inline_chat_rejection_count,
        records.inline_chat_dismissal_count,
        records.dev_generation_count,
        records.dev_acceptance_count,
        records.code_fix_generation_count,
        records.code_fix_acceptance_count,
        records.doc_generation_count,
        records.test_generation_count,
        records.transformation_count,
        records.code_review_succeeded_count,
        records.code_review_failed_count,
        records.inline_ai_code_line_count,
        records.chat_ai_code_line_count,
        records.inline_chat_accepted_line_addition_count,
        records.inline_chat_accepted_line_deletion_count,
        records.code_fix_accepted_line_count,
        records.dev_accepted_line_count,
        records.doc_generation_accepted_line_addition_count,
        records.test_generation_accepted_line_count,
    from records
)

select * from final
