-- Grain: landed record of hr/leave, refused ones too, of the deliveries that the run before did not read. From when to when a person is away,
-- and for which part of each day.
with records as (
    {{ landed_records('hr', 'leave', unread=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as statement_date,
        records.reject_reason,
        records.employee_id,
        records.start_date,
        records.end_date,
        records.day_fraction,
    from records
)

select * from final
