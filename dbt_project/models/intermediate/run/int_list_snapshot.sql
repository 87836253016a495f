-- Grain: feed x snapshot date, up to the as-of date, of the feeds whose snapshots are read once: what was delivered of it, as a number that
-- differs where it differs.
select
    deliveries.source || '/' || deliveries.feed as feed,
    dates.activity_date as snapshot_date,
    cast(
        sum({{ row_fingerprint([
            'deliveries.delivery_id', 'deliveries.delivery_status', 'deliveries.rank_at', 'deliveries.ledger_order', 'deliveries.landed_at',
        ]) }}) as varchar
    ) as fingerprint,
from {{ source('run', 'delivery') }} as deliveries
inner join {{ source('run', 'delivery_date') }} as dates
    on dates.delivery_id = deliveries.delivery_id
where deliveries.source || '/' || deliveries.feed in ('{{ snapshot_feed_names() | join("', '") }}')
    and dates.activity_date is not null
group by deliveries.source, deliveries.feed, dates.activity_date
