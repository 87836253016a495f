-- depends_on: {{ ref('int_touched_person') }} (it compares with the table that this one replaces)
select
    deliveries.delivery_id,
    deliveries.source,
    deliveries.feed,
    deliveries.file_path,
    deliveries.content_sha256,
    deliveries.delivery_status,
    deliveries.duplicate_of_delivery_id,
    deliveries.covers_from,
    deliveries.covers_to,
    deliveries.record_count,
    deliveries.rejected_count,
    deliveries.rank_at,
    deliveries.landed_at,
from {{ source('run', 'delivery') }} as deliveries
