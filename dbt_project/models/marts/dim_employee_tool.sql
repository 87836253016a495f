with run_window as (
    select * from {{ source('run', 'run_window') }}
),

people as (
    select distinct versions.employee_key
    from {{ ref('dim_employee') }} as versions
),

granted as (
    select
        keys.employee_key,
        spans.tool_id,
        min(spans.valid_from) as first_granted_date,
    from {{ ref('int_entitlement_span') }} as spans
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = spans.employee_id
    inner join people
        on people.employee_key = keys.employee_key
    cross join run_window
    where spans.valid_from <= run_window.as_of_date
    group by keys.employee_key, spans.tool_id
),

used as (
    select
        facts.employee_key,
        facts.tool_id,
        min(facts.activity_date) as first_used_date,
        max(facts.activity_date) as last_used_date,
    from {{ ref('fct_employee_tool_daily') }} as facts
    where facts.is_active
    group by facts.employee_key, facts.tool_id
),

final as (
    select
        coalesce(granted.employee_key, used.employee_key) as employee_key,
        coalesce(granted.tool_id, used.tool_id) as tool_id,
        granted.first_granted_date,
        used.first_used_date,
        used.last_used_date,
    from granted
    full outer join used
        on used.employee_key = granted.employee_key
        and used.tool_id = granted.tool_id
)

select * from final
