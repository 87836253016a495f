-- Grain: record of the latest leave delivery. When a person is away; spans of one person may overlap.
with records as (
    select * from {{ ref('stg_hr__leave') }}
    where reject_reason is null
),

-- each delivery is a full statement, an empty one too: only the latest one counts
latest_statement as (
    select deliveries.delivery_id
    from {{ source('run', 'delivery') }} as deliveries
    where deliveries.source = 'hr'
        and deliveries.feed = 'leave'
        and deliveries.delivery_status = 'landed'
    order by
        coalesce(deliveries.covers_from, cast(deliveries.rank_at as date)) desc,
        deliveries.rank_at desc,
        deliveries.ledger_order desc
    limit 1
),

final as (
    select
        records.employee_id,
        records.start_date as valid_from,
        records.end_date + 1 as valid_to,
        cast(coalesce(records.day_fraction, 1) * 1000 as integer) as leave_thousandths,
        records.record_line,
    from records
    inner join latest_statement
        on latest_statement.delivery_id = records.delivery_id
)

select * from final
