with day_range as (
    select * from {{ ref('int_day_range') }}
),

dates as (
    select {{ date_rows('day_range.from_date', 'day_range.to_date', 'activity_date') }}
    from day_range
),

-- a tool is in use from the first to the last day a feed of it is stated; each of its feeds must cover the day
final as (
    select
        feeds.tool_id,
        dates.activity_date,
        bool_and(coverage.activity_date is not null) as is_covered,
    from dates
    inner join {{ ref('tool_feeds') }} as feeds
        on feeds.valid_from <= dates.activity_date
        and {{ span_closed('feeds.valid_to') }} > dates.activity_date
    left join (
        select distinct covered.source, covered.feed, covered.activity_date
        from {{ ref('feed_coverage') }} as covered
    ) as coverage
        on coverage.source = feeds.source
        and coverage.feed = feeds.feed
        and coverage.activity_date = dates.activity_date
    group by feeds.tool_id, dates.activity_date
)

select * from final
