-- Twelve questions that a BI tool asks of two published years. $last is the last day, $manager a manager of the second level,
-- $week the Monday of the last week with tiers.
-- adoption by unit and month, the last quarter
select people.org_unit_id, date_trunc('month', days.activity_date) as month, count(distinct days.employee_key) as active_count
from marts.fct_employee_engagement_daily as days
inner join marts.dim_employee as people
    on people.employee_key = days.employee_key
    and people.valid_from <= days.activity_date
    and coalesce(people.valid_to, date '9999-12-31') > days.activity_date
where days.engagement_status = 'active' and days.activity_date > date '$last' - 92
group by all;
-- tier movement from one week to the next, two years
select period_start_date, from_tier_code, to_tier_code, sum(employee_count) as people
from marts.tier_movement where policy_id = 'standard_28d' and scope_code = 'all' and period_kind = 'week' group by all;
-- one manager's team, week by week over two years
select tiers.week_start_date, tiers.tier_code, count(*) as people
from marts.fct_employee_tier_weekly as tiers
inner join marts.dim_reporting_line as lines
    on lines.employee_key = tiers.employee_key
    and lines.valid_from <= tiers.week_start_date + 6
    and coalesce(lines.valid_to, date '9999-12-31') > tiers.week_start_date + 6
where lines.manager_key = '$manager' and tiers.policy_id = 'standard_28d' and tiers.scope_code = 'all'
group by all;
-- top tools of the last 28 days
select tool_id, count(distinct employee_key) as people, sum(intentional_action_count) as actions
from marts.fct_employee_tool_daily where activity_date > date '$last' - 28 and is_active group by tool_id;
-- cost by model and month, the last quarter
select model_name, date_trunc('month', activity_date) as month, sum(list_cost_usd) as cost
from marts.fct_employee_tool_model_daily where activity_date > date '$last' - 92 group by all;
-- share of people active by weeks since they were first given a tool
select datediff('week', milestones.first_granted_date, milestones.first_used_date) as weeks, count(*) as people
from marts.fct_employee_adoption_milestone as milestones
where milestones.policy_id = 'standard_28d' and milestones.scope_code = 'all' group by all;
-- tiers by job family today
select people.job_family, tiers.tier_code, count(*) as people
from marts.dim_employee_tier as tiers
inner join marts.dim_employee as people on people.employee_key = tiers.employee_key and people.is_current
where tiers.is_current and tiers.policy_id = 'standard_28d' and tiers.scope_code = 'all' group by all;
-- active people per day, two years
select activity_date, count(*) filter (engagement_status = 'active') as active_count, count(*) as people
from marts.fct_employee_engagement_daily group by all;
-- one person's days, a quarter
select * from marts.fct_employee_engagement_daily
where employee_key = '$person' and activity_date > date '$last' - 92 order by activity_date;
-- licences that nobody uses
select tools.tool_id, count(*) as people from marts.dim_employee_tool as tools
where tools.first_granted_date is not null and coalesce(tools.last_used_date, date '1900-01-01') < date '$last' - 28 group by all;
-- tiers by line of business, the last week
select people.line_of_business, tiers.tier_code, count(*) as people
from marts.fct_employee_tier_weekly as tiers
inner join marts.dim_employee as people on people.employee_key = tiers.employee_key and people.is_current
where tiers.week_start_date = date '$week' and tiers.policy_id = 'standard_28d' and tiers.scope_code = 'all' group by all;
-- adoption of each tool by country, the last four weeks
select people.country_code, days.tool_id, count(distinct days.employee_key) as people
from marts.fct_employee_tool_daily as days
inner join marts.dim_employee as people on people.employee_key = days.employee_key and people.is_current
where days.activity_date > date '$last' - 28 and days.is_active group by all;
