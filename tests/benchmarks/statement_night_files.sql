-- One file of each feed as landed, in the order of FEEDS in statement_night.py: two of a thousand people are stated otherwise than the day
-- before, and one row of the workforce is refused.
select
    $delivery_id as delivery_id,
    person.id + 1 as record_line,
    $day::date as activity_date,
    case when person.id = 0 then 'employee_id: missing' end as reject_reason,
    case when person.id > 0 then printf('9%06d', person.id) end as employee_id,
    printf('person%d@bank.example', person.id) as work_email,
    null::varchar as email_aliases,
    printf('Somebody %d', person.id) as display_name,
    printf('login-%d', person.id) as github_login,
    printf('9%06d', person.id // 10) as manager_employee_id,
    printf('U%d', (person.id + (person.id + epoch($day::date) // 86400)::bigint // 500) % 300) as org_unit_id,
    'Markets' as line_of_business,
    'Engineer' as job_family,
    '5' as job_level,
    'employee' as worker_type,
    'US' as country_code,
    null::varchar as country_subdivision_code,
    'NYC' as site_code,
    'E1' as legal_entity_code,
    1::decimal(4, 3) as fte_fraction,
    '1111100' as working_weekdays,
    date '2020-01-06' as hired_date,
    null::date as terminated_date,
    'active' as employment_status,
from (select unnest(range($people)) as id) as person;
select
    $delivery_id as delivery_id,
    person.id * 4 + tool.id + 1 as record_line,
    $day::date as activity_date,
    null::varchar as reject_reason,
    printf('9%06d', person.id) as employee_id,
    printf('tool-%d', tool.id) as tool_id,
    case when (person.id + (epoch($day::date) // 86400)::bigint) % 1000 < 500 then 'granted' else 'revoked' end as status,
    date '2025-01-01' as from_date,
    null::date as to_date,
from (select unnest(range($people)) as id) as person
cross join (select unnest(range(4)) as id) as tool;
select
    $delivery_id as delivery_id,
    person.id + 1 as record_line,
    $day::date as activity_date,
    null::varchar as reject_reason,
    printf('9%06d', person.id) as employee_id,
    $day::date as start_date,
    $day::date + 7 as end_date,
    1::decimal(4, 3) as day_fraction,
from (select unnest(range($people // 20)) as id) as person;
select
    $delivery_id as delivery_id,
    person.id * 14 + ahead.days + 1 as record_line,
    $day::date as activity_date,
    null::varchar as reject_reason,
    printf('9%06d', person.id) as employee_id,
    ($day::date + ahead.days::integer)::date as work_date,
    0.5::decimal(4, 3) as day_fraction,
from (select unnest(range($people // 40)) as id) as person
cross join (select unnest(range(14)) as days) as ahead;
select
    $delivery_id as delivery_id,
    person.id + 1 as record_line,
    $day::date as activity_date,
    null::varchar as reject_reason,
    'claude_code' as account_source,
    printf('key-%d', person.id) as account_name,
    'personal_key' as account_kind,
    printf('9%06d', person.id) as owner_employee_id,
    date '2025-01-01' as from_date,
    null::date as to_date,
from (select unnest(range($people // 10)) as id) as person
