-- Grain: agreement x country x legal entity x first day. What an agreement covers, and when, as the highest delivery states it;
-- spans of one agreement may overlap.
with records as (
    select * from {{ ref('stg_governance__agreement') }}
    where reject_reason is null
),

latest as (
    select
        records.*,
        {{ record_preference() }} as preference,
    from records
),

final as (
    select
        latest.agreement_id,
        latest.country_code,
        latest.legal_entity_code,
        latest.from_date as valid_from,
        latest.to_date + 1 as valid_to,
    from latest
    where latest.preference = 1
)

select * from final
