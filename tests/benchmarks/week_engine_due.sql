-- Which tiers are asked for: both week policies as of the Sunday of each week, or of the last one.
create table int_tier_due as
select
    cast(row_number() over (order by policies.policy_id, weeks.monday) as integer) as due_number,
    cast(dense_rank() over (order by policies.window_length, weeks.monday) as integer) as window_number,
    cast(row_number() over (order by policies.policy_id, weeks.monday) as integer) as count_number,
    policies.policy_id,
    policies.policy_version,
    'weekly' as evaluation_kind,
    weeks.monday + 6 as as_of_date,
    weeks.monday + 7 - policies.window_length * 7 as window_from,
    weeks.monday + 6 as window_to,
    true as is_for_everybody,
from (
    select distinct $monday + cast(given.week * 7 as integer) as monday
    from given
) as weeks
inner join tier_policies as policies
    on policies.policy_id in ('viva_12w', 'viva_4w')
where not $only_last_week
    or weeks.monday = (select $monday + cast(max(given.week) * 7 as integer) from given);
