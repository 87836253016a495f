-- Grain: landed record that is no usage, which is delivery x record line: of snapshots from the first one on that changed, and of the small
-- feeds that every run reads whole. Per key the highest delivery wins, the others are superseded.
with records as (
    {% for source_name, feed, model, key, order_date in [
        ('hr', 'org_units', 'stg_hr__org_unit', "concat_ws('|', records.snapshot_date, records.org_unit_id)", 'snapshot_date'),
        ('governance', 'agreements', 'stg_governance__agreement', 'records.record_key', 'statement_date'),
        ('scim', 'users', 'stg_scim__user', 'records.record_key', 'snapshot_date'),
        ('github', 'saml_identities', 'stg_github__saml_identity', 'records.record_key', 'snapshot_date'),
    ] -%}
    select
        '{{ source_name }}' as source,
        '{{ feed }}' as feed,
        records.delivery_id,
        records.record_line,
        records.{{ order_date }} as activity_date,
        records.reject_reason,
        case
            when records.reject_reason is not null then 'rejected'
            when row_number() over (
                partition by {{ key }}, records.reject_reason is null
                order by records.rank_at desc, records.ledger_order desc, records.record_line desc
            ) = 1 then 'accepted'
            else 'duplicate'
        end as record_status,
    from {{ ref(model) }} as records
    union all
    {% endfor -%}
    select
        records.source,
        'users' as feed,
        records.delivery_id,
        records.record_line,
        records.snapshot_date as activity_date,
        records.reject_reason,
        case
            when records.reject_reason is not null then 'rejected'
            when {{ record_preference('records.reject_reason is null') }} = 1 then 'accepted'
            else 'duplicate'
        end as record_status,
    from {{ ref('stg_user_list__user') }} as records
    union all
    select
        'hr' as source,
        'workers' as feed,
        records.delivery_id,
        records.record_line,
        records.snapshot_date as activity_date,
        records.reject_reason,
        records.record_status,
    from {{ ref('int_worker_snapshot_record') }} as records
    union all
    select
        'tiers' as source,
        'cutoffs' as feed,
        records.delivery_id,
        records.record_line,
        records.statement_date as activity_date,
        records.reject_reason,
        records.record_status,
    from {{ ref('int_tier_cutoff_record') }} as records
)

select * from records
