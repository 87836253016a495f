-- Grain: tool x source x feed x validity. The feeds that sum up periods of those that decide, of the tools in use: they are no evidence of
-- any day.
select
    feeds.tool_id,
    feeds.source,
    feeds.feed,
    feeds.valid_from,
    feeds.valid_to,
from {{ ref('tool_feeds') }} as feeds
where feeds.feed_role = 'period_check'
    and feeds.tool_id in (select in_use.tool_id from {{ ref('int_tool_feed') }} as in_use)
