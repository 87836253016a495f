-- Grain: policy x scope x employee x as-of date. Tiers that were published and that this run finds to be others.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

due as (
    select
        due.policy_id,
        due.as_of_date,
        bool_or(due.is_for_everybody) as is_for_everybody,
    from {{ ref('int_tier_due') }} as due
    inner join run_window
        on due.as_of_date <= run_window.previous_as_of_date
    where due.evaluation_kind = 'daily'
    group by due.policy_id, due.as_of_date
),

-- whoever is no longer included has no row, not even in a ledger
people as (
    select
        keys.employee_key,
        min(touched.from_date) as touched_from,
    from {{ ref('int_employee_key') }} as keys
    left join {{ ref('int_touched_person') }} as touched
        on touched.employee_key = keys.employee_key
    where keys.is_ever_included
    group by keys.employee_key
),

before_run as (
    select
        previous.policy_id,
        previous.policy_version,
        previous.scope_code,
        previous.employee_key,
        due.as_of_date,
        due.is_for_everybody,
        previous.tier_code,
    from {{ ref('int_previous_tier_span') }} as previous
    inner join people
        on people.employee_key = previous.employee_key
    inner join due
        on due.policy_id = previous.policy_id
        and due.as_of_date >= previous.valid_from
        and due.as_of_date < {{ span_closed('previous.valid_to') }}
    where due.is_for_everybody
    union all
    select
        previous.policy_id,
        previous.policy_version,
        previous.scope_code,
        previous.employee_key,
        due.as_of_date,
        due.is_for_everybody,
        previous.tier_code,
    from people
    inner join {{ ref('int_previous_tier_span') }} as previous
        on previous.employee_key = people.employee_key
        and {{ span_closed('previous.valid_to') }} > people.touched_from
    inner join due
        on due.policy_id = previous.policy_id
        and due.as_of_date >= previous.valid_from
        and due.as_of_date < {{ span_closed('previous.valid_to') }}
        and due.as_of_date >= people.touched_from
    where not due.is_for_everybody
        and people.touched_from is not null
),

now_known as (
    select * from {{ ref('int_tier_evaluated') }}
    where evaluation_kind = 'daily'
),

final as (
    select
        before_run.policy_id,
        coalesce(now_known.policy_version, before_run.policy_version) as policy_version,
        before_run.scope_code,
        before_run.employee_key,
        before_run.as_of_date,
        before_run.is_for_everybody,
        before_run.tier_code as old_tier_code,
        now_known.tier_code as new_tier_code,
    from before_run
    left join now_known
        on now_known.policy_id = before_run.policy_id
        and now_known.scope_code = before_run.scope_code
        and now_known.employee_key = before_run.employee_key
        and now_known.as_of_date = before_run.as_of_date
    where now_known.tier_code is distinct from before_run.tier_code
)

select * from final
