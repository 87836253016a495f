-- Grain: source x feed x activity date, NULL for records without one. Where every record of the rebuilt dates went; what is no
-- usage, and records without a date, stand in every night's.
with landed_duplicates as (
    select
        deliveries.source,
        deliveries.feed,
        dates.activity_date,
        sum(dates.record_count) as record_count,
    from {{ source('run', 'delivery') }} as deliveries
    inner join {{ source('run', 'delivery_date') }} as dates
        on dates.delivery_id = deliveries.delivery_id
    cross join {{ source('run', 'run_window') }} as run_window
    where deliveries.delivery_status = 'duplicate'
        and (dates.activity_date <= run_window.as_of_date or dates.activity_date is null)
    group by deliveries.source, deliveries.feed, dates.activity_date
),

-- usage without a valid date was refused at landing and belongs to no date
undated as (
    select
        deliveries.source,
        deliveries.feed,
        sum(dates.record_count) as record_count,
    from {{ source('run', 'delivery') }} as deliveries
    inner join {{ source('run', 'delivery_date') }} as dates
        on dates.delivery_id = deliveries.delivery_id
    where deliveries.delivery_status = 'landed'
        and dates.activity_date is null
        and (deliveries.source, deliveries.feed) in ({{ usage_feed_names() }})
    group by deliveries.source, deliveries.feed
),

counted as (
    select
        records.source,
        records.feed,
        records.activity_date,
        records.record_status,
        count(*) as record_count,
    from {{ ref('int_usage_record') }} as records
    -- what was derived never landed
    where records.stated_date is null
    group by records.source, records.feed, records.activity_date, records.record_status
    union all
    select * from {{ ref('int_statement_count') }}
    union all
    select
        landed_duplicates.source,
        landed_duplicates.feed,
        landed_duplicates.activity_date,
        'duplicate' as record_status,
        landed_duplicates.record_count,
    from landed_duplicates
    union all
    select
        undated.source,
        undated.feed,
        cast(null as date) as activity_date,
        'rejected' as record_status,
        undated.record_count,
    from undated
),

-- what landing says came in, independent of how the records were classified
landed as (
    select
        deliveries.source,
        deliveries.feed,
        dates.activity_date,
        sum(dates.record_count) as record_count,
    from {{ source('run', 'delivery') }} as deliveries
    inner join {{ source('run', 'delivery_date') }} as dates
        on dates.delivery_id = deliveries.delivery_id
    group by deliveries.source, deliveries.feed, dates.activity_date
),

classified as (
    select
        counted.source,
        counted.feed,
        counted.activity_date,
        {% for status in ['accepted', 'duplicate', 'rejected', 'unresolved', 'non_human'] -%}
        cast(coalesce(sum(case when counted.record_status = '{{ status }}' then counted.record_count end), 0) as bigint) as {{ status }}_count,
        {% endfor %}
    from counted
    group by counted.source, counted.feed, counted.activity_date
),

final as (
    select
        coalesce(landed.source, classified.source) as source,
        coalesce(landed.feed, classified.feed) as feed,
        coalesce(landed.activity_date, classified.activity_date) as activity_date,
        cast(coalesce(landed.record_count, 0) as bigint) as record_count,
        coalesce(classified.accepted_count, 0) as accepted_count,
        coalesce(classified.duplicate_count, 0) as duplicate_count,
        coalesce(classified.rejected_count, 0) as rejected_count,
        coalesce(classified.unresolved_count, 0) as unresolved_count,
        coalesce(classified.non_human_count, 0) as non_human_count,
    from landed
    full outer join classified
        on classified.source = landed.source
        and classified.feed = landed.feed
        and classified.activity_date is not distinct from landed.activity_date
)

-- usage of dates that this run does not rebuild was not read: its rows stay as they are
select final.*
from final
cross join {{ source('run', 'run_window') }} as run_window
where final.activity_date is null
    or (
        final.activity_date <= run_window.as_of_date
        and (
            (final.source, final.feed) not in ({{ usage_feed_names() }})
            or final.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
        )
    )
