-- Grain: accepted record, which is delivery x record line. Prompts by mode, and completions, from the split by feature where
-- there is one.
with records as (
    select * from {{ ref('int_github_copilot__record') }}
    where record_status = 'accepted'
),

features as (
    select
        records.delivery_id,
        records.record_line,
        {{ unnested_struct('records.totals_by_feature') }} as totals,
    from records
    where records.totals_by_feature is not null
),

by_record as (
    select
        features.delivery_id,
        features.record_line,
        sum(features.totals.user_initiated_interaction_count) as split_prompt_count,
        -- a feature that no row of the seed names counts to chat, which claims the least
        sum(case when coalesce(feature_modes.mode_code, 'chat') = 'chat' then features.totals.user_initiated_interaction_count else 0 end) as chat_prompt_count,
        sum(case when feature_modes.mode_code = 'agent' then features.totals.user_initiated_interaction_count else 0 end) as agent_prompt_count,
        sum(case when features.totals.feature = 'code_completion' then features.totals.code_generation_activity_count end) as suggestion_shown_count,
        sum(case when features.totals.feature = 'code_completion' then features.totals.code_acceptance_activity_count end) as suggestion_accepted_count,
    from features
    left join {{ ref('feature_modes') }} as feature_modes
        on feature_modes.tool_id = 'github_copilot'
        and feature_modes.feature_name = features.totals.feature
    group by features.delivery_id, features.record_line
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.totals_by_feature is not null as has_split,
        -- prompts that no feature explains are chat; without a split all of them are
        case
            when records.totals_by_feature is not null or records.user_initiated_interaction_count is not null
                then coalesce(by_record.chat_prompt_count, 0) + greatest(
                    0,
                    coalesce(records.user_initiated_interaction_count, 0) - coalesce(by_record.split_prompt_count, 0)
                )
        end as chat_prompt_count,
        case when records.totals_by_feature is not null then coalesce(by_record.agent_prompt_count, 0) end as agent_prompt_count,
        case
            when records.totals_by_feature is not null then coalesce(by_record.suggestion_shown_count, 0)
            else records.code_generation_activity_count
        end as suggestion_shown_count,
        case
            when records.totals_by_feature is not null then coalesce(by_record.suggestion_accepted_count, 0)
            else records.code_acceptance_activity_count
        end as suggestion_accepted_count,
    from records
    left join by_record
        on by_record.delivery_id = records.delivery_id
        and by_record.record_line = records.record_line
)

select * from final
