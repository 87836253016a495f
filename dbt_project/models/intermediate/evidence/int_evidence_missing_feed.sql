-- Grain: scope x employee. The feeds of which days of the window are missing, or in which the person is not visible, in words, and on how
-- many dates.
with due as (
    select * from {{ ref('int_evidence_due') }}
),

feeds as (
    select
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        tools.product_name,
        feeds.valid_from,
        {{ span_closed('feeds.valid_to') }} as valid_to,
    from {{ ref('int_tool_feed') }} as feeds
    inner join {{ ref('tools') }} as tools
        on tools.tool_id = feeds.tool_id
),

covered as (
    select distinct
        covered.source,
        covered.feed,
        covered.activity_date,
    from {{ ref('feed_coverage') }} as covered
),

missing_days as (
    select
        keys.employee_key,
        days.tool_id,
        days.activity_date,
    from {{ ref('int_missing_tool_day') }} as days
    inner join {{ ref('int_employee_key') }} as keys
        on keys.person_number = days.person_number
    inner join due
        on days.activity_date between due.window_from and due.window_to
),

missing_feeds as (
    select
        missing_days.employee_key,
        missing_days.activity_date,
        feeds.tool_id,
        feeds.product_name || ' (' || feeds.source || '/' || feeds.feed || ')' as feed_name,
    from missing_days
    inner join feeds
        on feeds.tool_id = missing_days.tool_id
        and feeds.valid_from <= missing_days.activity_date
        and feeds.valid_to > missing_days.activity_date
    left join covered
        on covered.source = feeds.source
        and covered.feed = feeds.feed
        and covered.activity_date = missing_days.activity_date
    left join {{ ref('uncovered_person_day') }} as refused
        on refused.employee_key = missing_days.employee_key
        and refused.source = feeds.source
        and refused.feed = feeds.feed
        and refused.activity_date = missing_days.activity_date
    where covered.activity_date is null
        or refused.activity_date is not null
),

-- every feed of the tool covers the day, and use was shown among days of which none has a row of the person
invisible_tools as (
    select
        missing_days.employee_key,
        missing_days.activity_date,
        missing_days.tool_id,
        feeds.product_name,
        string_agg(feeds.source || '/' || feeds.feed, ' and ' order by feeds.source, feeds.feed) as feeds_text,
        min(spans.shown_by_text) as shown_by_text,
    from missing_days
    inner join {{ ref('int_invisible_span') }} as spans
        on spans.employee_key = missing_days.employee_key
        and spans.tool_id = missing_days.tool_id
        and spans.valid_from <= missing_days.activity_date
        and {{ span_closed('spans.valid_to') }} > missing_days.activity_date
    inner join feeds
        on feeds.tool_id = missing_days.tool_id
        and feeds.valid_from <= missing_days.activity_date
        and feeds.valid_to > missing_days.activity_date
    left join missing_feeds
        on missing_feeds.employee_key = missing_days.employee_key
        and missing_feeds.tool_id = missing_days.tool_id
        and missing_feeds.activity_date = missing_days.activity_date
    where missing_feeds.tool_id is null
    group by missing_days.employee_key, missing_days.activity_date, missing_days.tool_id, feeds.product_name
),

reasons as (
    select
        missing_feeds.employee_key,
        missing_feeds.activity_date,
        missing_feeds.tool_id,
        missing_feeds.feed_name,
    from missing_feeds
    union all
    select
        invisible.employee_key,
        invisible.activity_date,
        invisible.tool_id,
        invisible.product_name || ' (not visible in ' || invisible.feeds_text || ' although use is shown by ' || invisible.shown_by_text
            || ')' as feed_name,
    from invisible_tools as invisible
),

scope_tools as (
    select distinct
        policy_scopes.scope_code,
        tools.tool_id,
    from {{ ref('int_scope_tool_mode') }} as tools
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.scope_code = tools.scope_code
    inner join due
        on due.policy_id = policy_scopes.policy_id
),

by_feed as (
    select
        scope_tools.scope_code,
        reasons.employee_key,
        reasons.feed_name,
        count(*) as date_count,
    from reasons
    inner join scope_tools
        on scope_tools.tool_id = reasons.tool_id
    group by scope_tools.scope_code, reasons.employee_key, reasons.feed_name
),

final as (
    select
        by_feed.scope_code,
        by_feed.employee_key,
        sum(by_feed.date_count) as missing_feed_date_count,
        string_agg(
            by_feed.feed_name || ' on ' || {{ counted('by_feed.date_count', 'day') }}, ', ' order by by_feed.feed_name
        ) as missing_feeds_text,
    from by_feed
    group by by_feed.scope_code, by_feed.employee_key
)

select * from final
