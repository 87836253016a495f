-- What a night's files say of each person and tool, read with an explicit schema: the bare query that the warehouse's way to daily facts
-- is measured against. $inbox is the folder of the files, $day the night. Grain: tool x actor.
create table bare_fact as
select
    'llm_gateway' as tool_id,
    "user" as actor,
    count(*) as intentional_action_count,
    sum(prompt_tokens) as input_token_count,
    sum(completion_tokens) as output_token_count,
    sum(spend::decimal(18, 6)) as list_cost_usd
from read_json('$inbox/litellm/spend_logs/$day.json', format = 'newline_delimited', columns = {
    request_id: 'VARCHAR', "user": 'VARCHAR', "startTime": 'VARCHAR', model: 'VARCHAR', status: 'VARCHAR', spend: 'DECIMAL(18, 6)',
    prompt_tokens: 'BIGINT', completion_tokens: 'BIGINT', call_type: 'VARCHAR', api_key: 'VARCHAR', custom_llm_provider: 'VARCHAR',
    metadata: 'STRUCT(user_api_key_alias VARCHAR)'
})
group by "user"
union all
select
    'chatgpt',
    user_email,
    count(*) filter (message.author.role = 'user'),
    null,
    null,
    null
from read_json('$inbox/chatgpt/conversation_messages/$day.json', format = 'newline_delimited', columns = {
    id: 'VARCHAR', user_id: 'VARCHAR', user_email: 'VARCHAR', created_at: 'DOUBLE',
    message: 'STRUCT(id VARCHAR, created_at DOUBLE, author STRUCT(role VARCHAR))'
})
group by user_email
union all
select
    'github_copilot',
    user_login,
    sum(user_initiated_interaction_count + code_acceptance_activity_count),
    null,
    null,
    null
from read_json('$inbox/github_copilot/users_1_day/$day.json', format = 'newline_delimited', columns = {
    day: 'VARCHAR', user_login: 'VARCHAR', user_id: 'BIGINT', user_initiated_interaction_count: 'BIGINT',
    code_generation_activity_count: 'BIGINT', code_acceptance_activity_count: 'BIGINT', loc_added_sum: 'BIGINT', used_chat: 'BOOLEAN',
    used_agent: 'BOOLEAN', totals_by_feature: 'STRUCT(feature VARCHAR, code_generation_activity_count BIGINT)[]'
})
group by user_login
union all
select
    'claude_code',
    actor.email_address,
    sum(
        core_metrics.num_sessions + core_metrics.commits_by_claude_code + core_metrics.pull_requests_by_claude_code
        + tool_actions.edit_tool.accepted + tool_actions.edit_tool.rejected
    ),
    sum(model_breakdown[1].tokens."input"),
    sum(model_breakdown[1].tokens."output"),
    sum(model_breakdown[1].estimated_cost.amount::decimal(18, 6) / 100)
from read_json('$inbox/claude_code/usage_report/$day.json', format = 'newline_delimited', columns = {
    date: 'VARCHAR', actor: 'STRUCT("type" VARCHAR, email_address VARCHAR)', terminal_type: 'VARCHAR',
    core_metrics: 'STRUCT(num_sessions BIGINT, lines_of_code STRUCT(added BIGINT, removed BIGINT), commits_by_claude_code BIGINT, pull_requests_by_claude_code BIGINT)',
    tool_actions: 'STRUCT(edit_tool STRUCT(accepted BIGINT, rejected BIGINT))',
    model_breakdown: 'STRUCT(model VARCHAR, tokens STRUCT("input" BIGINT, "output" BIGINT), estimated_cost STRUCT(amount BIGINT))[]'
})
group by actor.email_address;
