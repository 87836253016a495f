-- Grain: employee x tool x activity date. The days of which a feed that counts for the tool has an accepted record, also one that states
-- nothing but zeros.
select distinct
    days.employee_key,
    feeds.tool_id,
    days.activity_date,
from {{ ref('int_person_feed_day') }} as days
inner join {{ ref('int_tool_measure_feed') }} as feeds
    on feeds.source = days.source
    and feeds.feed = days.feed
    and feeds.tool_id = coalesce(days.record_tool_id, feeds.tool_id)
    and feeds.valid_from <= days.activity_date
    and {{ span_closed('feeds.valid_to') }} > days.activity_date
