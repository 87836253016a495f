-- Grain: employee x tool x activity date x stated date x source x feed, where either date is touched. Use that a compared feed shows on a
-- settled day which every deciding feed of the tool covers, without a row of the person in any feed that counts for it.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

shown as (
    select * from {{ ref('int_shown_use') }}
),

-- a row may still come until the day has settled
settled as (
    select
        shown.*,
        feeds.source as deciding_source,
        feeds.feed as deciding_feed,
    from shown
    cross join run_window
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = shown.tool_id
        and feeds.valid_from <= shown.activity_date
        and {{ span_closed('feeds.valid_to') }} > shown.activity_date
        and shown.activity_date <= run_window.as_of_date - feeds.settle_days
    where shown.activity_date >= run_window.first_date
),

-- without the feed, or with the person's record refused, the missing row means nothing
judged as (
    select
        settled.employee_key,
        settled.tool_id,
        settled.activity_date,
        settled.stated_date,
        settled.source,
        settled.feed,
        settled.routes_text,
        bool_and(covered.activity_date is not null and refused.activity_date is null) as is_covered,
    from settled
    left join (
        select distinct covered.source, covered.feed, covered.activity_date
        from {{ ref('feed_coverage') }} as covered
    ) as covered
        on covered.source = settled.deciding_source
        and covered.feed = settled.deciding_feed
        and covered.activity_date = settled.activity_date
    left join {{ ref('uncovered_person_day') }} as refused
        on refused.employee_key = settled.employee_key
        and refused.source = settled.deciding_source
        and refused.feed = settled.deciding_feed
        and refused.activity_date = settled.activity_date
    group by
        settled.employee_key,
        settled.tool_id,
        settled.activity_date,
        settled.stated_date,
        settled.source,
        settled.feed,
        settled.routes_text
),

final as (
    select judged.* exclude (is_covered)
    from judged
    left join {{ ref('fct_employee_tool_daily') }} as seen
        on seen.employee_key = judged.employee_key
        and seen.tool_id = judged.tool_id
        and seen.activity_date = judged.activity_date
    where judged.is_covered
        and seen.employee_key is null
)

select * from final
