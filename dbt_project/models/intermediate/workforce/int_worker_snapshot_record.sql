-- Grain: landed record of hr/workers. Which records hold, which repeat or are superseded, and which are refused.
with workers as (
    select * from {{ ref('stg_hr__worker') }}
),

-- per snapshot and person the highest delivery wins; within it the active row, then the latest hired date
ranked as (
    select
        workers.*,
        row_number() over (
            partition by workers.snapshot_date, workers.employee_id
            order by
                case when workers.reject_reason is null then 0 else 1 end,
                workers.rank_at desc,
                workers.ledger_order desc,
                case when workers.employment_status = 'active' then 0 else 1 end,
                workers.hired_date desc,
                workers.record_line desc
        ) as preference,
    from workers
),

-- two different rows that nothing tells apart: neither can be trusted
contested as (
    select
        best.snapshot_date,
        best.employee_id,
    from ranked as best
    inner join ranked as other
        on other.snapshot_date = best.snapshot_date
        and other.employee_id = best.employee_id
        and other.delivery_id = best.delivery_id
        and other.hired_date is not distinct from best.hired_date
        and (other.employment_status = 'active') = (best.employment_status = 'active')
    where best.preference = 1
        and best.reject_reason is null
        and other.reject_reason is null
        and (
            other.terminated_date is distinct from best.terminated_date
            {%- for column in worker_attributes() %}
            or other.{{ column }} is distinct from best.{{ column }}
            {%- endfor %}
        )
    group by best.snapshot_date, best.employee_id
),

final as (
    select
        ranked.* exclude (preference, reject_reason),
        case
            when ranked.reject_reason is not null then ranked.reject_reason
            when contested.employee_id is not null and ranked.delivery_id = winner.delivery_id
                then 'several rows for one person that nothing tells apart'
        end as reject_reason,
        case
            when ranked.reject_reason is not null then 'rejected'
            when contested.employee_id is not null and ranked.delivery_id = winner.delivery_id then 'rejected'
            when ranked.preference = 1 then 'accepted'
            else 'duplicate'
        end as record_status,
    from ranked
    left join ranked as winner
        on winner.snapshot_date = ranked.snapshot_date
        and winner.employee_id = ranked.employee_id
        and winner.preference = 1
    left join contested
        on contested.snapshot_date = ranked.snapshot_date
        and contested.employee_id = ranked.employee_id
)

select * from final
