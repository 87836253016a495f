-- the days that weigh on a tier this run evaluates, window and settling included
select
    min(touched.as_of_date) - max(reach.reach_days) as from_date,
    max(touched.as_of_date) as to_date,
from {{ ref('int_touched_as_of_date') }} as touched
cross join (
    select max(policies.window_days + policies.settle_days - 1) as reach_days
    from {{ ref('tier_policies') }} as policies
) as reach
