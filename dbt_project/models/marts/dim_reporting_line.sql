with chain as (
    select
        chain.manager_employee_id,
        chain.employee_id,
        chain.depth,
        chain.valid_from,
        chain.valid_to,
    from {{ ref('int_reporting_chain') }} as chain
    where not chain.is_cycle
),

included as (
    select
        spans.employee_id,
        keys.employee_key,
        spans.valid_from,
        {{ span_closed('spans.valid_to') }} as valid_to,
    from {{ ref('int_included_span') }} as spans
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = spans.employee_id
        and keys.is_ever_included
),

-- the chain runs through people without an agreement, but names none of them
named as (
    select
        managers.employee_key as manager_key,
        reports.employee_key,
        chain.depth,
        greatest(chain.valid_from, managers.valid_from, reports.valid_from) as valid_from,
        least(chain.valid_to, managers.valid_to, reports.valid_to) as valid_to,
    from chain
    inner join included as managers
        on managers.employee_id = chain.manager_employee_id
        and managers.valid_from < chain.valid_to
        and managers.valid_to > chain.valid_from
    inner join included as reports
        on reports.employee_id = chain.employee_id
        and reports.valid_from < least(chain.valid_to, managers.valid_to)
        and reports.valid_to > greatest(chain.valid_from, managers.valid_from)
),

merged as (
    {{ merged_spans('named', ['manager_key', 'employee_key', 'depth']) }}
),

final as (
    select
        merged.manager_key,
        merged.employee_key,
        cast(merged.depth as integer) as depth,
        merged.valid_from,
        merged.valid_to,
    from merged
    cross join {{ source('run', 'run_window') }} as run_window
    where merged.valid_from <= run_window.as_of_date
)

select * from final
