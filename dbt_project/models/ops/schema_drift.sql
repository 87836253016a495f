select
    drift.source,
    drift.feed,
    drift.drift_kind,
    drift.key_path,
    drift.first_seen_at,
    drift.first_delivery_id,
    drift.last_seen_at,
    drift.last_delivery_id,
    drift.delivery_count,
    drift.record_count,
from {{ source('run', 'schema_drift') }} as drift
