-- Grain: tool x source x feed x validity. The feeds that decide what is known of the use of a tool, of the tools in use in this company:
-- those of which a feed was ever delivered, or to which access was ever stated.
with traces as (
    select feeds.tool_id
    from {{ ref('tool_feeds') }} as feeds
    inner join {{ source('run', 'delivery') }} as deliveries
        on deliveries.source = feeds.source
        and deliveries.feed = feeds.feed
    where feeds.feed_role = 'authoritative'
    union
    select statements.tool_id from {{ ref('int_entitlement_statement') }} as statements
),

final as (
    select
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        feeds.valid_from,
        feeds.valid_to,
        feeds.settle_days,
    from {{ ref('tool_feeds') }} as feeds
    inner join traces
        on traces.tool_id = feeds.tool_id
    where feeds.feed_role = 'authoritative'
)

select * from final
