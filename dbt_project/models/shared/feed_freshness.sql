with run_window as (
    select * from {{ source('run', 'run_window') }}
),

needed as (
    select distinct
        feeds.source,
        feeds.feed,
        feeds.settle_days,
    from {{ ref('int_tool_feed') }} as feeds
    cross join run_window
    where feeds.valid_from <= run_window.as_of_date
        and {{ span_closed('feeds.valid_to') }} > run_window.as_of_date
    union
    select 'hr' as source, 'workers' as feed, 0 as settle_days
),

rhythms as (
    select * from {{ ref('feed_rhythms') }}
),

coverage as (
    select
        covered.source,
        covered.feed,
        max(covered.activity_date) as last_covered_date,
        count(distinct case when covered.activity_date > run_window.as_of_date - 28 then covered.activity_date end) as covered_28d_count,
    from {{ ref('feed_coverage') }} as covered
    cross join run_window
    group by covered.source, covered.feed
),

deliveries as (
    select
        deliveries.source,
        deliveries.feed,
        max(deliveries.landed_at) as last_landed_at,
        count(*) as delivery_count,
    from {{ source('run', 'delivery') }} as deliveries
    group by deliveries.source, deliveries.feed
),

final as (
    select
        needed.source,
        needed.feed,
        run_window.as_of_date,
        coverage.last_covered_date,
        cast(run_window.as_of_date - coverage.last_covered_date as integer) as behind_day_count,
        coalesce(rhythms.delivered_every_days, 1) as delivered_every_days,
        cast(
            greatest(0, run_window.as_of_date - coverage.last_covered_date - coalesce(rhythms.delivered_every_days, 1) + 1) as integer
        ) as overdue_day_count,
        cast(28 - coalesce(coverage.covered_28d_count, 0) as integer) as missing_28d_count,
        cast(coalesce(deliveries.delivery_count, 0) as bigint) as delivery_count,
        deliveries.last_landed_at,
    from needed
    cross join run_window
    left join coverage
        on coverage.source = needed.source
        and coverage.feed = needed.feed
    left join rhythms
        on rhythms.source = needed.source
        and rhythms.feed = needed.feed
    left join deliveries
        on deliveries.source = needed.source
        and deliveries.feed = needed.feed
)

select * from final
