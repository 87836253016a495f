-- Grain: feed of statements of which nothing is known: a delivery that the run before knew is gone or ranks lower, so that statements which
-- it superseded, and which were not kept, speak again.
with deliveries as (
    select * from {{ ref('int_statement_delivery') }}
),

known_before as (
    {{ known_statement_deliveries() }}
),

final as (
    select distinct known_before.feed
    from known_before
    left join deliveries
        on deliveries.delivery_id = known_before.delivery_id
        and deliveries.landed_at = known_before.landed_at
        and (deliveries.rank_at, deliveries.ledger_order) >= (known_before.rank_at, known_before.ledger_order)
    where deliveries.delivery_id is null
)

select * from final
