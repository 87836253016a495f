-- One night of a drawn bank as tables, one a feed; landing_night.py writes them out in the vendors' formats.
-- $people, $requests a person at the gateway, $messages a person.
create table spend_logs as
select
    'chatcmpl-' || md5(i::varchar) as request_id,
    ['acompletion', 'aresponses', 'anthropic_messages'][1 + i % 3] as call_type,
    sha256((i % 5000)::varchar) as api_key,
    ((hash(i) % 250000) * 0.000001)::double as spend,
    (hash(i + 1) % 4000 + hash(i + 2) % 900)::bigint as total_tokens,
    (hash(i + 1) % 4000)::bigint as prompt_tokens,
    (hash(i + 2) % 900)::bigint as completion_tokens,
    strftime(timestamp '2026-03-30' + to_milliseconds((i * 17) % 86400000), '%Y-%m-%dT%H:%M:%S.%fZ') as "startTime",
    strftime(timestamp '2026-03-30' + to_milliseconds((i * 17) % 86399000 + 900), '%Y-%m-%dT%H:%M:%S.%fZ') as "endTime",
    ['claude-opus-5', 'gpt-5', 'gpt-5-mini'][1 + i % 3] as model,
    ['opus', 'gpt', 'gpt-small'][1 + i % 3] as model_group,
    ['anthropic', 'openai', 'azure'][1 + i % 3] as custom_llm_provider,
    'person' || lpad((i % $people)::varchar, 6, '0') || '@bank.example' as "user",
    {'user_api_key_alias': 'key-' || (i % 5000), 'user_api_key_team_alias': 'team-' || (i % 700)} as metadata,
    ['True', 'False'][1 + i % 2] as cache_hit,
    'team-' || (i % 700) as team_id,
    '' as end_user,
    'success' as status
from range($people * $requests) as numbers (i);

create table conversation_messages as
select
    'conversation-' || (i // 4) as id,
    1774828800 + (i * 7) % 86400 + 0.25 as created_at,
    'Question ' || i as title,
    'user-' || (i % $people) as user_id,
    'person' || lpad((i % $people)::varchar, 6, '0') || '@bank.example' as user_email,
    {
        'id': 'message-' || i,
        'created_at': 1774828800 + (i * 7) % 86400 + 0.25,
        'author': {'role': ['user', 'assistant'][1 + i % 2]},
        'content': {'type': 'text', 'value': repeat('word ' || (i % 97) || chr(10), 12)}
    } as message
from range($people * $messages) as numbers (i);

create table users_1_day as
select
    '2026-03-30' as day,
    i as user_id,
    'login' || i || '_bank' as user_login,
    hash(i) % 40 as user_initiated_interaction_count,
    hash(i + 1) % 300 as code_generation_activity_count,
    hash(i + 2) % 90 as code_acceptance_activity_count,
    hash(i + 3) % 900 as loc_added_sum,
    true as used_chat,
    i % 3 = 0 as used_agent,
    [
        {'feature': 'code_completion', 'code_generation_activity_count': hash(i + 1) % 300},
        {'feature': 'chat_panel_ask_mode', 'code_generation_activity_count': 0}
    ] as totals_by_feature
from range($people) as numbers (i);

create table usage_report as
select
    '2026-03-30T00:00:00Z' as date,
    {'type': 'user_actor', 'email_address': 'person' || lpad(i::varchar, 6, '0') || '@bank.example'} as actor,
    'org-1' as organization_id,
    'api' as customer_type,
    'vscode' as terminal_type,
    {
        'num_sessions': hash(i) % 9,
        'lines_of_code': {'added': hash(i + 1) % 800, 'removed': hash(i + 2) % 300},
        'commits_by_claude_code': hash(i + 3) % 4,
        'pull_requests_by_claude_code': 0
    } as core_metrics,
    {'edit_tool': {'accepted': hash(i + 4) % 60, 'rejected': hash(i + 5) % 9}} as tool_actions,
    [
        {
            'model': 'claude-opus-5',
            'tokens': {'input': hash(i + 6) % 90000, 'output': hash(i + 7) % 9000, 'cache_read': 0, 'cache_creation': 0},
            'estimated_cost': {'currency': 'USD', 'amount': hash(i + 8) % 900}
        }
    ] as model_breakdown
from range($people) as numbers (i);

create table workers as
select
    lpad(i::varchar, 6, '0') as employee_id,
    'person' || lpad(i::varchar, 6, '0') || '@bank.example' as work_email,
    '' as email_aliases,
    'Person ' || i as display_name,
    'login' || i || '_bank' as github_login,
    lpad((i // 8)::varchar, 6, '0') as manager_employee_id,
    'unit-' || (i % 900) as org_unit_id,
    'technology' as line_of_business,
    'engineering' as job_family,
    'L' || (i % 7) as job_level,
    'employee' as worker_type,
    'US' as country_code,
    'US-NY' as country_subdivision_code,
    'NYC1' as site_code,
    'LE1' as legal_entity_code,
    '1.000' as fte_fraction,
    '1111100' as working_weekdays,
    '2020-02-01' as hired_date,
    '' as terminated_date,
    'active' as employment_status
from range($people) as numbers (i);
