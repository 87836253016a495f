-- Grain: landed record of hr/rota, refused ones too, of the deliveries that the run before did not read. Which part of a date a person on call
-- or in shifts works.
with records as (
    {{ landed_records('hr', 'rota', unread=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as statement_date,
        records.reject_reason,
        concat_ws('|', records.employee_id, records.work_date) as record_key,
        records.employee_id,
        records.work_date,
        records.day_fraction,
    from records
)

select * from final
