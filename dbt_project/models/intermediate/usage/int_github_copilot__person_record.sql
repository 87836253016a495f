-- Grain: accepted record of an included person, which is delivery x record line. Its fields, with prompts split by mode.
select
    records.*,
    usage.employee_key,
    split.chat_prompt_count,
    split.agent_prompt_count,
    split.suggestion_shown_count,
    split.suggestion_accepted_count,
from {{ ref('int_github_copilot__record') }} as records
inner join {{ ref('int_included_usage') }} as usage
    on usage.source = 'github_copilot'
    and usage.employee_id = records.employee_id
    and usage.activity_date = records.activity_date
inner join {{ ref('int_github_copilot__prompt_split') }} as split
    on split.delivery_id = records.delivery_id
    and split.record_line = records.record_line
where records.record_status = 'accepted'
