-- Grain: employee x activity date. The vendor's own fields, with prompts split by mode, summed over the accepted records of
-- included people.
select
    records.employee_key,
    records.activity_date,
    sum(records.user_initiated_interaction_count) as user_initiated_interaction_count,
    sum(records.cli_prompt_count) as cli_prompt_count,
    sum(records.cli_session_count) as cli_session_count,
    sum(records.chat_prompt_count) as chat_prompt_count,
    sum(records.agent_prompt_count) as agent_prompt_count,
    sum(records.suggestion_shown_count) as suggestion_shown_count,
    sum(records.suggestion_accepted_count) as suggestion_accepted_count,
    -- what was shown and not accepted; an acceptance of yesterday's suggestion must not make it negative
    case
        when sum(records.suggestion_shown_count) is not null
            then greatest(0, sum(records.suggestion_shown_count) - coalesce(sum(records.suggestion_accepted_count), 0))
    end as passive_action_count,
    sum(records.loc_suggested_to_add_sum) as loc_suggested_to_add_sum,
    sum(records.loc_added_sum) as loc_added_sum,
    sum(records.loc_deleted_sum) as loc_deleted_sum,
    sum(records.cli_prompt_token_count) as cli_prompt_token_count,
    sum(records.cli_output_token_count) as cli_output_token_count,
from {{ ref('int_github_copilot__person_record') }} as records
group by records.employee_key, records.activity_date
