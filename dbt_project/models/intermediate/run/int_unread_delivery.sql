-- Grain: delivery of a feed of statements to be read: one that the run before did not read, or that ranks higher now; all of a feed of which
-- nothing is known.
with deliveries as (
    select * from {{ ref('int_statement_delivery') }}
),

known_before as (
    {{ known_statement_deliveries() }}
),

final as (
    select
        deliveries.feed,
        deliveries.delivery_id,
    from deliveries
    left join known_before
        on known_before.delivery_id = deliveries.delivery_id
        and known_before.rank_at = deliveries.rank_at
        and known_before.ledger_order = deliveries.ledger_order
    where known_before.delivery_id is null
        or deliveries.feed in (select anew.feed from {{ ref('int_reread_feed') }} as anew)
)

select * from final
