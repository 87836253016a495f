-- depends_on: {{ ref('int_touched_person') }} (it compares with the table that this one replaces)
with landed as (
    select
        deliveries.delivery_id,
        deliveries.source,
        deliveries.feed,
        deliveries.file_path,
        deliveries.content_sha256,
        deliveries.delivery_status,
        deliveries.duplicate_of_delivery_id,
        cast(null as varchar) as frozen_reason,
        deliveries.covers_from,
        deliveries.covers_to,
        deliveries.record_count,
        deliveries.rejected_count,
        deliveries.rank_at,
        deliveries.landed_at,
    from {{ source('run', 'delivery') }} as deliveries
),

-- nothing of these was landed: they count in no reconciliation and cover no day
frozen as (
    select
        frozen_deliveries.delivery_id,
        frozen_deliveries.source,
        frozen_deliveries.feed,
        frozen_deliveries.file_path,
        frozen_deliveries.content_sha256,
        'frozen' as delivery_status,
        cast(null as varchar) as duplicate_of_delivery_id,
        frozen_deliveries.frozen_reason,
        cast(null as date) as covers_from,
        cast(null as date) as covers_to,
        frozen_deliveries.record_count,
        cast(0 as bigint) as rejected_count,
        frozen_deliveries.rank_at,
        frozen_deliveries.frozen_at as landed_at,
    from {{ source('run', 'frozen_delivery') }} as frozen_deliveries
),

final as (
    select * from landed
    union all
    select * from frozen
)

select * from final
