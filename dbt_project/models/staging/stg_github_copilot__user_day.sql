-- Grain: landed record of github_copilot/users_1_day, refused ones too, of deliveries that hold a touched date. What the vendor
-- counts and flags of a user's day.
with records as (
    {{ landed_records('github_copilot', 'users_1_day', touched_only=true) }}
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
        -- a login can be renamed, the user id cannot
        concat_ws('|', records.activity_date, coalesce(cast(records.user_id as varchar), records.actor_name)) as record_key,
        records.user_initiated_interaction_count,
        records.code_generation_activity_count,
        records.code_acceptance_activity_count,
        records.loc_suggested_to_add_sum,
        records.loc_added_sum,
        records.loc_deleted_sum,
        records.used_agent,
        records.used_chat,
        records.used_cli,
        records.used_copilot_coding_agent,
        records.used_copilot_cloud_agent,
        records.used_copilot_code_review_active,
        records.used_copilot_code_review_passive,
        records.cli_session_count,
        records.cli_prompt_count,
        records.cli_prompt_token_count,
        records.cli_output_token_count,
        records.totals_by_feature,
    from records
)

select * from final
