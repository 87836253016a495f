-- The relations that the week models read, from `given`: five working days a week, one tool that everybody may use.
-- The types are those of the models that stand here in a night.

create temp table weeks as
select
    cast(given.person as integer) as person_number,
    'person ' || given.person as employee_key,
    $monday + cast(given.week * 7 as integer) as monday,
    given.actions,
    given.is_expected,
    given.is_missing,
from given;

create temp table scope as
select distinct scopes.scope_code, scopes.scope_number
from int_scope_tool_mode as scopes
where scopes.scope_code = 'all';

create temp table slice as
select distinct slices.slice_from as monday, slices.slice_number
from int_window_slice as slices;

create table int_tier_subject as
select
    due.due_number,
    due.due_number as evaluated_number,
    weeks.person_number,
    people.hired_date,
    'line' as line_of_business,
    5000 as weekly_pattern_thousandths,
from weeks
inner join (
    select weeks.person_number, min(weeks.monday) as hired_date
    from weeks
    group by weeks.person_number
) as people
    on people.person_number = weeks.person_number
inner join int_tier_due as due
    on due.as_of_date = weeks.monday + 6;

create table int_scope_day as
select scope.scope_code, scope.scope_number, slice.monday as activity_date, cast(1 as integer) as day_set_number
from scope
cross join slice;

create table int_slice_expected as
select
    slice.slice_number,
    cast(1 as integer) as day_set_number,
    weeks.person_number,
    cast(5000 as bigint) as expected_thousandths,
from weeks
inner join slice
    on slice.monday = weeks.monday
where weeks.is_expected;

create table int_slice_use as
select
    slice.slice_number,
    scope.scope_number,
    weeks.person_number,
    cast(case when weeks.actions > 0 then 1 else 0 end as integer) as active_days,
    cast(case when weeks.is_missing then 127 else 0 end as integer) as missing_days,
    cast(case when weeks.actions > 0 then 1000 else 0 end as bigint) as active_thousandths,
    cast(case when weeks.actions > 0 then 1000 else 0 end as bigint) as substantive_thousandths,
    cast(case when weeks.is_missing then 5000 else 0 end as bigint) as unobserved_thousandths,
    cast(case when weeks.is_missing then 5000 else 0 end as bigint) as possible_substantive_thousandths,
    cast(case when weeks.actions > 0 then 1 else 0 end as bigint) as active_day_count,
    cast(case when weeks.actions > 0 then 1 else 0 end as bigint) as substantive_day_count,
    cast(case when weeks.is_missing then 7 else 0 end as bigint) as unobserved_day_count,
    cast(case when weeks.is_missing then 7 else 0 end as bigint) as missing_day_count,
    cast(weeks.actions as bigint) as intentional_action_count,
    cast(case when weeks.actions > 0 then 1 else 0 end as bigint) as used_tools,
    cast(case when weeks.is_missing then 1 else 0 end as bigint) as missing_tools,
    cast(0 as bigint) as stand_in_active_thousandths,
    cast(0 as bigint) as stand_in_substantive_thousandths,
    cast(0 as bigint) as stand_in_low_active_thousandths,
    cast(0 as bigint) as stand_in_high_active_thousandths,
    cast(0 as bigint) as stand_in_high_substantive_thousandths,
from weeks
inner join slice
    on slice.monday = weeks.monday
cross join scope
where weeks.actions > 0
    or weeks.is_missing;

create table int_window_access as
select distinct
    due.window_number,
    subjects.person_number,
    cast(1 as bigint) as throughout_tools,
    cast(0 as bigint) as partly_tools,
from int_tier_subject as subjects
inner join int_tier_due as due
    on due.due_number = subjects.due_number;

create table int_tier_person as
select distinct weeks.person_number, weeks.employee_key, false as is_touched_person
from weeks;

-- neither scores nor percentiles are asked for
create table int_missing_tool_day (
    person_number integer,
    activity_date date,
    tool_id varchar,
    expected_thousandths integer
);

create table int_tier_cutoff (
    policy_id varchar,
    policy_version integer,
    scope_code varchar,
    group_level varchar,
    group_code varchar,
    percentile integer,
    weekly_mean decimal(18, 6),
    valid_from date,
    valid_to date
);
