-- Grain: landed record of access/entitlements, refused ones too, of the deliveries that the run before did not read. The status of a person's
-- access to a tool, from when to when.
with records as (
    {{ landed_records('access', 'entitlements', unread=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as statement_date,
        records.reject_reason,
        concat_ws('|', records.employee_id, records.tool_id, coalesce(cast(records.from_date as varchar), '')) as record_key,
        records.employee_id,
        records.tool_id,
        records.status,
        records.from_date,
        records.to_date,
    from records
)

select * from final
