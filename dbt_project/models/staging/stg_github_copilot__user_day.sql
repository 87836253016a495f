-- Grain: landed record of github_copilot/users_1_day, refused ones too, of deliveries that hold a touched date. What the vendor
-- counts and flags of a user's day, prompts by mode and completions from the split by feature where there is one.
with records as (
    {{ landed_records('github_copilot', 'users_1_day', touched_only=true) }}
),

features as (
    select
        {{ list_of('features.feature_name', "features.mode_code = 'agent'") }} as agent_features,
        {{ list_of('features.feature_name', "features.mode_code <> 'chat'") }} as other_features,
    from {{ ref('feature_modes') }} as features
    where features.source = 'github_copilot'
        and features.feed = 'users_1_day'
),

split as (
    select
        records.*,
        {{ struct_list_sum('records.totals_by_feature', 'user_initiated_interaction_count') }} as split_prompt_count,
        -- a feature that no row of the seed names counts to chat, which claims the least
        {{ struct_list_sum('records.totals_by_feature', 'user_initiated_interaction_count',
            "not list_contains(features.other_features, element.feature)") }} as split_chat_prompt_count,
        {{ struct_list_sum('records.totals_by_feature', 'user_initiated_interaction_count',
            "list_contains(features.agent_features, element.feature)") }} as split_agent_prompt_count,
        {{ struct_list_sum('records.totals_by_feature', 'code_generation_activity_count', "element.feature = 'code_completion'") }} as split_shown_count,
        {{ struct_list_sum('records.totals_by_feature', 'code_acceptance_activity_count', "element.feature = 'code_completion'") }} as split_accepted_count,
    from records
    cross join features
),

final as (
    select
        {{ usage_keys('split') }},
        -- a login can be renamed, the user id cannot
        concat_ws('|', split.activity_date, coalesce(cast(split.user_id as varchar), split.actor_name)) as record_key,
        'first_party' as route_code,
        split.totals_by_feature as feature_usage,
        split.user_initiated_interaction_count,
        split.cli_prompt_count,
        split.cli_session_count,
        -- prompts that no feature explains are chat; without a split all of them are
        case
            when split.totals_by_feature is not null or split.user_initiated_interaction_count is not null
                then coalesce(split.split_chat_prompt_count, 0) + greatest(
                    0,
                    coalesce(split.user_initiated_interaction_count, 0) - coalesce(split.split_prompt_count, 0)
                )
        end as chat_prompt_count,
        case when split.totals_by_feature is not null then coalesce(split.split_agent_prompt_count, 0) end as agent_prompt_count,
        case
            when split.totals_by_feature is not null then coalesce(split.split_shown_count, 0)
            else split.code_generation_activity_count
        end as suggestion_shown_count,
        case
            when split.totals_by_feature is not null then coalesce(split.split_accepted_count, 0)
            else split.code_acceptance_activity_count
        end as suggestion_accepted_count,
        split.loc_suggested_to_add_sum,
        split.loc_added_sum,
        split.loc_deleted_sum,
        split.cli_prompt_token_count,
        split.cli_output_token_count,
        split.used_chat,
        split.used_agent,
        split.used_cli,
        split.used_copilot_coding_agent,
        split.used_copilot_cloud_agent,
        split.used_copilot_code_review_active,
        split.used_copilot_code_review_passive,
    from split
)

select * from final
