-- Grain: landed record of governance/agreements, refused ones too. The country, legal entity or both that an agreement covers, and when.
with records as (
    {{ landed_records('governance', 'agreements', touched_only=false) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as statement_date,
        records.reject_reason,
        concat_ws(
            '|',
            coalesce(records.country_code, ''),
            coalesce(records.legal_entity_code, ''),
            records.agreement_id,
            coalesce(cast(records.from_date as varchar), '')
        ) as record_key,
        records.country_code,
        records.legal_entity_code,
        records.agreement_id,
        records.from_date,
        records.to_date,
    from records
)

select * from final
