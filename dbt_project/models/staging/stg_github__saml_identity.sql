-- Grain: landed record of github/saml_identities, refused ones too, of the snapshots up to the as-of date that changed or follow one that
-- did. Which login belongs to which name of the identity provider; either may be missing.
with records as (
    {{ landed_records('github', 'saml_identities', touched_only=false, changed_lists=true) }}
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
            coalesce(lower(records.name_id), ''),
            coalesce(records.login, '')
        ) as record_key,
        records.name_id,
        records.login,
    from records
    cross join {{ source('run', 'run_window') }} as run_window
    where records.activity_date is null or records.activity_date <= run_window.as_of_date
)

select * from final
