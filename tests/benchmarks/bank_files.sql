-- One night of a drawn bank as tables, one a feed; bank_files.py writes them out in the vendors' formats.
-- $people, $day, $requests at the gateway and $messages a person on a working day; on other days a tenth of people and records.
-- Until $moves_from nobody moves; from then on one of 400 people goes to another unit each day.
create table busy as select case when isodow(date '$day') <= 5 then 10 else 1 end as tenths;

create table person as
select
    i,
    lpad(i::varchar, 6, '0') as employee_id,
    'person' || lpad(i::varchar, 6, '0') || '@bank.example' as email,
    'login' || i || '_bank' as login,
    ['US', 'US', 'US', 'GB', 'IN'][1 + i % 5] as country_code,
    (i + (date '$day' - date '$moves_from' >= hash(i, 'move') % 400 + 1)::integer) % 900 as unit
from range($people) as numbers (i);

-- so many of a hundred use the tool; twice as many may, up to all
create table tool as
select * from (values
    ('llm_gateway', 20), ('chatgpt', 40), ('github_copilot', 45), ('claude_code', 25)
) as tools (tool_id, percent);

create table tool_user as
select
    tool.tool_id,
    person.i,
    row_number() over (partition by tool.tool_id order by person.i) - 1 as place
from tool, person, busy
where hash(person.i, tool.tool_id) % 100 < tool.percent
    and hash(person.i, tool.tool_id, '$day') % 1000 < 85 * busy.tenths;

create table spend_logs as
select
    'chatcmpl-' || md5('$day' || n) as request_id,
    ['acompletion', 'aresponses'][1 + n % 2] as call_type,
    sha256((n % 5000)::varchar) as api_key,
    ((hash(n) % 250000) * 0.000001)::double as spend,
    (hash(n + 1) % 4000 + hash(n + 2) % 900)::bigint as total_tokens,
    (hash(n + 1) % 4000)::bigint as prompt_tokens,
    (hash(n + 2) % 900)::bigint as completion_tokens,
    strftime(timestamp '$day' + to_milliseconds((n * 17) % 86400000), '%Y-%m-%dT%H:%M:%S.%fZ') as "startTime",
    strftime(timestamp '$day' + to_milliseconds((n * 17) % 86399000 + 900), '%Y-%m-%dT%H:%M:%S.%fZ') as "endTime",
    ['claude-opus-5', 'gpt-5', 'gpt-5-mini'][1 + n % 3] as model,
    ['opus', 'gpt', 'gpt-small'][1 + n % 3] as model_group,
    ['anthropic', 'openai', 'azure'][1 + n % 3] as custom_llm_provider,
    person.email as "user",
    {'user_api_key_alias': 'key-' || (n % 5000), 'user_api_key_team_alias': 'team-' || (n % 700)} as metadata,
    ['True', 'False'][1 + n % 2] as cache_hit,
    'team-' || (n % 700) as team_id,
    '' as end_user,
    'success' as status
from (
    select n, hash(n) % (select count(*) from tool_user where tool_id = 'llm_gateway') as place
    from busy, range($people * $requests * busy.tenths // 10) as numbers (n)
) as numbers
inner join tool_user on tool_user.tool_id = 'llm_gateway' and tool_user.place = numbers.place
inner join person on person.i = tool_user.i;

create table conversation_messages as
select
    'conversation-$day-' || (n // 4) as id,
    epoch(timestamp '$day')::bigint + (n * 7) % 86400 + 0.25 as created_at,
    'Question ' || n as title,
    'user-' || person.i as user_id,
    person.email as user_email,
    {
        'id': 'message-$day-' || n,
        'created_at': epoch(timestamp '$day')::bigint + (n * 7) % 86400 + 0.25,
        'author': {'role': ['user', 'assistant'][1 + n % 2]},
        'content': {'type': 'text', 'value': repeat('word ' || (n % 97) || chr(10), 12)}
    } as message
from (
    select n, hash(n // 4) % (select count(*) from tool_user where tool_id = 'chatgpt') as place
    from busy, range($people * $messages * busy.tenths // 10) as numbers (n)
) as numbers
inner join tool_user on tool_user.tool_id = 'chatgpt' and tool_user.place = numbers.place
inner join person on person.i = tool_user.i;

create table users_1_day as
select
    '$day' as day,
    person.i as user_id,
    person.login as user_login,
    hash(person.i, '$day', 0) % 40 as user_initiated_interaction_count,
    hash(person.i, '$day', 1) % 300 as code_generation_activity_count,
    hash(person.i, '$day', 2) % 90 as code_acceptance_activity_count,
    hash(person.i, '$day', 3) % 900 as loc_added_sum,
    true as used_chat,
    person.i % 3 = 0 as used_agent,
    [
        {
            'feature': 'code_completion', 'code_generation_activity_count': hash(person.i, '$day', 1) % 300,
            'code_acceptance_activity_count': hash(person.i, '$day', 2) % 90
        },
        {'feature': 'chat_panel_ask_mode', 'code_generation_activity_count': 0, 'code_acceptance_activity_count': 0}
    ] as totals_by_feature
from tool_user
inner join person on person.i = tool_user.i
where tool_user.tool_id = 'github_copilot';

create table usage_report as
select
    '$dayT00:00:00Z' as date,
    {'type': 'user_actor', 'email_address': person.email} as actor,
    'org-1' as organization_id,
    'api' as customer_type,
    'vscode' as terminal_type,
    {
        'num_sessions': hash(person.i, '$day', 0) % 9,
        'lines_of_code': {'added': hash(person.i, '$day', 1) % 800, 'removed': hash(person.i, '$day', 2) % 300},
        'commits_by_claude_code': hash(person.i, '$day', 3) % 4,
        'pull_requests_by_claude_code': 0
    } as core_metrics,
    {'edit_tool': {'accepted': hash(person.i, '$day', 4) % 60, 'rejected': hash(person.i, '$day', 5) % 9}} as tool_actions,
    [
        {
            'model': 'claude-opus-5',
            'tokens': {
                'input': hash(person.i, '$day', 6) % 90000, 'output': hash(person.i, '$day', 7) % 9000,
                'cache_read': 0, 'cache_creation': 0
            },
            'estimated_cost': {'currency': 'USD', 'amount': hash(person.i, '$day', 8) % 900}
        }
    ] as model_breakdown
from tool_user
inner join person on person.i = tool_user.i
where tool_user.tool_id = 'claude_code';

create table workers as
select
    employee_id,
    email as work_email,
    '' as email_aliases,
    'Person ' || i as display_name,
    login as github_login,
    case when i > 0 then lpad((i // 8)::varchar, 6, '0') end as manager_employee_id,
    'unit-' || unit as org_unit_id,
    'line ' || unit % 12 as line_of_business,
    ['engineering', 'operations', 'risk'][1 + i % 3] as job_family,
    'L' || (i % 7) as job_level,
    case when i % 20 = 7 then 'contractor' else 'employee' end as worker_type,
    country_code,
    case country_code when 'US' then 'TX' end as country_subdivision_code,
    country_code || '-1' as site_code,
    'LE-' || country_code as legal_entity_code,
    '1.000' as fte_fraction,
    '1111100' as working_weekdays,
    '2020-02-01' as hired_date,
    '' as terminated_date,
    'active' as employment_status
from person;

create table org_units as
select 'company' as org_unit_id, 'Company' as org_unit_name, null as parent_org_unit_id
union all
select 'division-' || i, 'Division ' || i, 'company' from range(30) as numbers (i)
union all
select 'unit-' || i, 'Unit ' || i, 'division-' || i % 30 from range(900) as numbers (i);

create table entitlements as
select person.employee_id, tool.tool_id, 'granted' as status, '2020-02-01' as from_date, '' as to_date
from tool, person
where hash(person.i, tool.tool_id) % 100 < 2 * tool.percent;

create table agreements as
select * from (values
    ('US', null, 'MA-US', '2020-01-01', null), ('GB', null, 'MA-GB', '2020-01-01', null), ('IN', null, 'MA-IN', '2020-01-01', null)
) as agreements (country_code, legal_entity_code, agreement_id, from_date, to_date);
