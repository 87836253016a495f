-- Grain: policy x week. Weeks of which this run replaces rows of fct_employee_tier_weekly, be it of one person.
select distinct
    due.policy_id,
    due.as_of_date - 6 as week_start_date,
from {{ ref('int_tier_due') }} as due
inner join {{ ref('tier_policies') }} as policies
    on policies.policy_id = due.policy_id
    and policies.policy_version = due.policy_version
where {{ iso_weekday('due.as_of_date') }} = 7
    and due.evaluation_kind = case when policies.window_unit = 'week' then 'weekly' else 'daily' end
