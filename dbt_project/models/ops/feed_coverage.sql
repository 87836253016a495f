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

final as (
    select
        expanded.source,
        expanded.feed,
        expanded.activity_date,
        expanded.delivery_id,
    from expanded
    cross join run_window
    where expanded.activity_date between run_window.first_date and run_window.as_of_date
)

select * from final
