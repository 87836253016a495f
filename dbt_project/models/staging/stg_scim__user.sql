-- Grain: landed record of scim/users, refused ones too, of the snapshots up to the as-of date that changed or follow one that did. The names
-- of an account of the identity provider, and whose it is.
with records as (
    {{ landed_records('scim', 'users', touched_only=false, changed_lists=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as snapshot_date,
        records.reject_reason,
        concat_ws(
            '|',
            coalesce(cast(records.activity_date as varchar), ''),
            coalesce(records.scim_user_id, lower(records.user_name))
        ) as record_key,
        lower(records.external_id) as external_id,
        lower(records.user_name) as user_name,
        records.employee_number,
        records.emails,
    from records
    cross join {{ source('run', 'run_window') }} as run_window
    where records.activity_date is null or records.activity_date <= run_window.as_of_date
)

select * from final
