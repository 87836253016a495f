with run_window as (
    select * from {{ source('run', 'run_window') }}
),

touched as (
    select touched.as_of_date
    from {{ ref('int_touched_as_of_date') }} as touched
    inner join run_window
        on touched.as_of_date <= run_window.previous_as_of_date
),

before_run as (
    select
        previous.policy_id,
        previous.policy_version,
        previous.scope_code,
        previous.employee_key,
        touched.as_of_date,
        previous.tier_code,
    from {{ ref('int_previous_tier_span') }} as previous
    inner join touched
        on touched.as_of_date >= previous.valid_from
        and touched.as_of_date < {{ span_closed('previous.valid_to') }}
    -- whoever is no longer included has no row, not even in a ledger
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_key = previous.employee_key
        and keys.is_ever_included
),

now_known as (
    select * from {{ ref('int_tier_evaluated') }}
),

final as (
    select
        before_run.policy_id,
        coalesce(now_known.policy_version, before_run.policy_version) as policy_version,
        before_run.scope_code,
        before_run.employee_key,
        before_run.as_of_date,
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
