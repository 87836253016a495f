-- Grain: tool x date on which the tool is in use. Whether each of its feeds covers the date.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

-- every day a window or a table of this run looks at; a row per tool costs little
bounds as (
    select min(days.activity_date) as from_date
    from (
        select due.window_from as activity_date from {{ ref('int_tier_due') }} as due
        union all
        select built.activity_date from {{ ref('int_built_day') }} as built
        union all
        select reopened.activity_date from {{ ref('int_reopened_person_day') }} as reopened
    ) as days
),

dates as (
    select {{ date_rows('bounds.from_date', 'run_window.as_of_date', 'activity_date') }}
    from bounds
    cross join run_window
),

-- a tool is in use from the first to the last day a feed of it is stated; each of its feeds must cover the day
final as (
    select
        feeds.tool_id,
        dates.activity_date,
        bool_and(coverage.activity_date is not null) as is_covered,
    from dates
    inner join {{ ref('int_tool_feed') }} as feeds
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
