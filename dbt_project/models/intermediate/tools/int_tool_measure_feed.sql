-- Grain: tool x source x feed x validity. The feeds whose fields count for a tool in use: those that decide of it, and those that add what
-- these do not hold, such as cost. What is only added covers no day and its absence leaves none open.
with in_use as (
    select distinct feeds.tool_id
    from {{ ref('int_tool_feed') }} as feeds
),

final as (
    select
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        feeds.valid_from,
        feeds.valid_to,
    from {{ ref('tool_feeds') }} as feeds
    inner join in_use
        on in_use.tool_id = feeds.tool_id
    where feeds.feed_role in ('authoritative', 'addition')
)

select * from final
