-- Grain: tool x authoritative feed x compared feed x measure. What both feeds map, so that their sums can be set side by side.
with measures as (
    select distinct
        mapping.tool_id,
        mapping.source,
        mapping.feed,
        mapping.measure_name,
    from {{ ref('tool_measures') }} as mapping
),

-- day by day, or over periods
compared_feeds as (
    select feeds.tool_id, feeds.source, feeds.feed from {{ ref('int_compared_feed') }} as feeds
    union
    select feeds.tool_id, feeds.source, feeds.feed from {{ ref('int_period_feed') }} as feeds
),

final as (
    select distinct
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        compared.source as compared_source,
        compared.feed as compared_feed,
        measures.measure_name,
    from {{ ref('int_tool_feed') }} as feeds
    inner join compared_feeds as compared
        on compared.tool_id = feeds.tool_id
    inner join measures
        on measures.tool_id = feeds.tool_id
        and measures.source = feeds.source
        and measures.feed = feeds.feed
    inner join measures as compared_measures
        on compared_measures.tool_id = compared.tool_id
        and compared_measures.source = compared.source
        and compared_measures.feed = compared.feed
        and compared_measures.measure_name = measures.measure_name
)

select * from final
