-- Grain: delivery of the feeds that state facts with dates of their own and are read once.
select
    deliveries.source || '/' || deliveries.feed as feed,
    deliveries.delivery_id,
    deliveries.rank_at,
    deliveries.ledger_order,
    deliveries.landed_at,
from {{ source('run', 'delivery') }} as deliveries
where deliveries.parquet_path is not null
    and (deliveries.source, deliveries.feed) in (
        {%- for feed in statement_feeds() -%}
        ('{{ feed.source }}', '{{ feed.feed }}'){{ ', ' if not loop.last }}
        {%- endfor -%}
    )
