-- Grain: policy version, one at most. The default policy on the as-of date that is published: the tiers whose evidence is kept.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

final as (
    select distinct
        due.policy_id,
        due.policy_version,
        due.as_of_date,
        due.window_from,
        due.window_to,
    from {{ ref('int_tier_due') }} as due
    inner join run_window
        on run_window.as_of_date = due.as_of_date
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = due.policy_id
        and policies.policy_version = due.policy_version
        and policies.is_default
        and policies.effective_from <= due.as_of_date
        and {{ span_closed('policies.effective_to') }} > due.as_of_date
    where due.evaluation_kind = 'daily'
)

select * from final
