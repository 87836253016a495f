-- Grain: landed record of hr/org_units up to the as-of date, refused ones too. An org unit of a snapshot, and the unit above it.
with records as (
    {{ landed_records('hr', 'org_units', touched_only=false) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as snapshot_date,
        records.reject_reason,
        records.org_unit_id,
        records.org_unit_name,
        nullif(records.parent_org_unit_id, records.org_unit_id) as parent_org_unit_id,
    from records
    cross join {{ source('run', 'run_window') }} as run_window
    where records.activity_date is null or records.activity_date <= run_window.as_of_date
)

select * from final
