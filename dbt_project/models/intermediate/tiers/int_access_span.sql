-- Grain: person x tool x span. When a person may use a tool that is in use; without the entitlement feed everybody may.
with access_feed as (
    select count(*) > 0 as is_stated
    from {{ source('run', 'delivery') }} as deliveries
    where deliveries.source = 'access'
        and deliveries.feed = 'entitlements'
),

granted as (
    select
        keys.person_number,
        spans.tool_id,
        spans.valid_from,
        {{ span_closed('spans.valid_to') }} as valid_to,
    from {{ ref('int_entitlement_span') }} as spans
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = spans.employee_id
    cross join access_feed
    where access_feed.is_stated
        and keys.is_ever_included
    union all
    select
        keys.person_number,
        tools.tool_id,
        cast('1900-01-01' as date) as valid_from,
        {{ span_end() }} as valid_to,
    from {{ ref('int_employee_key') }} as keys
    cross join {{ ref('tools') }} as tools
    cross join access_feed
    where not access_feed.is_stated
        and keys.is_ever_included
),

in_use as (
    select
        granted.person_number,
        granted.tool_id,
        greatest(granted.valid_from, feeds.valid_from) as valid_from,
        least(granted.valid_to, {{ span_closed('feeds.valid_to') }}) as valid_to,
    from granted
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = granted.tool_id
        and feeds.valid_from < granted.valid_to
        and {{ span_closed('feeds.valid_to') }} > granted.valid_from
),

merged as (
    {{ merged_spans('in_use', ['person_number', 'tool_id']) }}
),

final as (
    select
        merged.person_number,
        merged.tool_id,
        merged.valid_from,
        {{ span_closed('merged.valid_to') }} as valid_to,
    from merged
)

select * from final
