-- depends_on: {{ ref('int_changed_name_list') }} (it compares with the table that this one replaces)
select
    snapshots.feed,
    snapshots.snapshot_date,
    snapshots.fingerprint,
    stating.feed is not null as is_stating,
from {{ ref('int_name_list_snapshot') }} as snapshots
left join {{ ref('int_stated_name_list') }} as stating
    on stating.feed = snapshots.feed
    and stating.snapshot_date = snapshots.snapshot_date
