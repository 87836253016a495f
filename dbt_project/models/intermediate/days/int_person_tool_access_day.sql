-- Grain: employee x tool x activity date on which the person has access to it. Whether a feed that the tool needs says nothing
-- about them that day: it did not cover the day, or the person is not visible in it.
with person_days as (
    select * from {{ ref('int_person_day') }}
),

tool_days as (
    select * from {{ ref('int_tool_day') }}
),

-- without the entitlement feed everybody counts as granted
access_feed as (
    select count(*) > 0 as is_stated
    from {{ source('run', 'delivery') }} as deliveries
    where deliveries.source = 'access'
        and deliveries.feed = 'entitlements'
),

uncovered as (
    select distinct
        days.employee_key,
        feeds.tool_id,
        days.activity_date,
    from {{ ref('uncovered_person_day') }} as days
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.source = days.source
        and feeds.feed = days.feed
        and feeds.valid_from <= days.activity_date
        and {{ span_closed('feeds.valid_to') }} > days.activity_date
),

granted as (
    select
        keys.employee_key,
        spans.tool_id,
        spans.valid_from,
        {{ span_closed('spans.valid_to') }} as valid_to,
    from {{ ref('int_entitlement_span') }} as spans
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = spans.employee_id
),

final as (
    select
        person_days.employee_key,
        tool_days.tool_id,
        person_days.activity_date,
        not tool_days.is_covered or uncovered.employee_key is not null as is_uncovered,
        not tool_days.is_covered or uncovered.employee_key is not null or invisible.employee_key is not null as is_missing,
    from person_days
    inner join tool_days
        on tool_days.activity_date = person_days.activity_date
    cross join access_feed
    left join granted
        on granted.employee_key = person_days.employee_key
        and granted.tool_id = tool_days.tool_id
        and granted.valid_from <= person_days.activity_date
        and granted.valid_to > person_days.activity_date
    left join uncovered
        on uncovered.employee_key = person_days.employee_key
        and uncovered.tool_id = tool_days.tool_id
        and uncovered.activity_date = person_days.activity_date
    left join {{ ref('int_invisible_span') }} as invisible
        on invisible.employee_key = person_days.employee_key
        and invisible.tool_id = tool_days.tool_id
        and invisible.valid_from <= person_days.activity_date
        and {{ span_closed('invisible.valid_to') }} > person_days.activity_date
    where granted.employee_key is not null
        or not access_feed.is_stated
)

select * from final
