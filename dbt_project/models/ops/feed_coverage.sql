with deliveries as (
    select * from {{ source('run', 'delivery') }}
    where covers_from is not null
),

run_window as (
    select * from {{ source('run', 'run_window') }}
),

expanded as (
    select
        deliveries.source,
        deliveries.feed,
        {{ date_rows('deliveries.covers_from', 'deliveries.covers_to', 'activity_date') }},
        deliveries.delivery_id,
    from deliveries
),

-- a day may come in several files: while one of them is frozen, nobody missing from the others was idle
frozen as (
    select * from {{ source('run', 'frozen_delivery') }}
    where (source, feed) in ({{ usage_feed_names() }})
),

-- a concealed name may be anybody's: on such a day nobody who is missing was idle
concealed as (
    select * from {{ ref('concealed_day') }}
),

final as (
    select
        expanded.source,
        expanded.feed,
        expanded.activity_date,
        expanded.delivery_id,
    from expanded
    cross join run_window
    left join frozen
        on frozen.source = expanded.source
        and frozen.feed = expanded.feed
        and expanded.activity_date between frozen.covers_from and frozen.covers_to
    left join concealed
        on concealed.source = expanded.source
        and concealed.feed = expanded.feed
        and concealed.activity_date = expanded.activity_date
    where expanded.activity_date between run_window.first_date and run_window.as_of_date
        and frozen.delivery_id is null
        and concealed.source is null
)

select * from final
