-- Grain: landed record of identity/service_accounts, refused ones too, of the deliveries that the run before did not read. Whether a key or
-- account is personal, shared or automation, and whose it is.
with records as (
    {{ landed_records('identity', 'service_accounts', unread=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as statement_date,
        records.reject_reason,
        concat_ws('|', records.account_source, records.account_name, coalesce(cast(records.from_date as varchar), '')) as record_key,
        records.account_source,
        records.account_name,
        records.account_kind,
        records.owner_employee_id,
        records.from_date,
        records.to_date,
    from records
)

select * from final
