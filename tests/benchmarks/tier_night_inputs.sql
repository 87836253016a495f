-- A drawn bank as a night finds it: published facts of $days days up to the as-of date, everybody employed and granted three tools, nothing late.
create schema if not exists run;
create table run.run_window as
select 'bench' as run_id, $as_of as as_of_date, $as_of - 1 as previous_as_of_date, $as_of - $days + 1 as first_date,
    $as_of - $days + 1 as previous_first_date, false as is_full_rebuild, 2 as generation_number, $as_of::timestamp as built_at;
create table run.touched_date as select $as_of - day::integer as activity_date from range(4) as days (day);
create table run.tier_evaluation (policy_id varchar, policy_version integer, as_of_date date);
create table run.delivery as
select 'd' as delivery_id, 'access' as source, 'entitlements' as feed, false as is_pending, 0 as reaches_back_days, $as_of::timestamp as rank_at,
    1::bigint as ledger_order, null::date as covers_from, null::date as covers_to;
create table run.delivery_date (delivery_id varchar, activity_date date, record_count bigint);

-- the three tools in use, by the feeds that decide
create table main.int_tool_feed as
select tool_id, source, feed, valid_from, valid_to, settle_days from main.tool_feeds
where feed_role = 'authoritative' and tool_id in ('claude_code', 'github_copilot', 'chatgpt');
create table main.used_tool as select distinct tool_id from main.int_tool_feed;
create table main.used_tool_mode as
select tool_id, mode_code from main.tool_modes where tool_id in (select tool_id from main.used_tool);

create table main.int_employee_key as
select person::varchar as employee_id, md5(person::varchar) as employee_key, true as is_ever_included,
    (row_number() over (order by person::varchar))::integer as person_number
from range($people) as people (person);
create table main.int_working_pattern as
select employee_id, employee_key, true as is_ever_included, 'US' as calendar_code, date '2020-01-01' as hired_date,
    'line ' || (person_number % 12) as line_of_business, 'unit' as org_unit_id, '1111100' as working_weekdays,
    null::integer as patternless_thousandths, 5000 as weekly_pattern_thousandths, date '2020-01-01' as valid_from,
    null::date as valid_to
from main.int_employee_key;
create table main.int_included_span as
select employee_id, date '2020-01-01' as valid_from, null::date as valid_to from main.int_employee_key;
create table main.int_touched_person (employee_key varchar, input_kind varchar, from_date date);
create table main.int_tier_cutoff (
    policy_id varchar, policy_version integer, scope_code varchar, group_level varchar, group_code varchar, percentile integer,
    weekly_mean decimal(18, 6), person_count integer, valid_from date, valid_to date, delivery_id varchar
);
create table main.int_entitlement_span as
select employee_id, tool_id, date '2024-01-01' as valid_from, null::date as valid_to from main.int_employee_key, main.used_tool;
create table main.int_tool_day as
select tool_id, $as_of - day::integer as activity_date, true as is_covered from main.used_tool, range(120) as days (day);
create table main.int_person_day (employee_key varchar, activity_date date, expected_thousandths integer);

create schema if not exists adoption.marts;
create schema if not exists adoption.ops;
create table adoption.ops.uncovered_person_day (employee_key varchar, source varchar, feed varchar, activity_date date);
create table adoption.marts.fct_employee_engagement_daily as
select employee_key, activity_date, cast(isodow(activity_date) <= 5 as integer)::decimal(4, 3) as expected_fraction
from (select $as_of - day::integer as activity_date from range($days) as days (day) order by activity_date),
    main.int_employee_key;
-- a tenth never, the most diligent tenth on every third mode and day
create table adoption.marts.fct_employee_tool_mode_daily as
select employee_key, tool_id, mode_code, activity_date, true as is_active, true as is_substantive, 'count' as evidence_basis,
    (hash(employee_key, activity_date) % 20 + 1)::bigint as intentional_action_count
from (select $as_of - day::integer as activity_date from range($days) as days (day) order by activity_date),
    main.int_employee_key, main.used_tool_mode
where isodow(activity_date) <= 5
    and hash(person_number, activity_date, tool_id, mode_code) % 100 < person_number % 10 * 4;
create table adoption.marts.fct_employee_mode_daily as
select employee_key, mode_code, activity_date, true as is_active, hash(employee_key, activity_date) % 2 = 0 as is_substantive,
    sum(intentional_action_count)::bigint as intentional_action_count
from adoption.marts.fct_employee_tool_mode_daily
group by all
order by activity_date;

create table int_touched_use_date as select activity_date from run.touched_date;
create table int_invisible_span (employee_key varchar, tool_id varchar, valid_from date, valid_to date);
