-- depends_on: {{ ref('int_touched_person') }} (it compares with the table that this one replaces)
select
    feeds.tool_id,
    feeds.source,
    feeds.feed,
    feeds.valid_from,
    feeds.valid_to,
    feeds.settle_days,
from {{ ref('int_tool_feed') }} as feeds
