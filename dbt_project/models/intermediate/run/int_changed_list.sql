-- Grain: feed whose snapshots are read once. The first snapshot from which on its deliveries are others than those that the run before read;
-- what snapshots before it state is known. The end of time where all are the same.
with feeds as (
    {% for feed in snapshot_feed_names() -%}
    select '{{ feed }}' as feed
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

now_known as (
    select * from {{ ref('int_list_snapshot') }}
),

known_before as (
    {{ known_before('int_list_snapshot', {'feed': 'varchar', 'snapshot_date': 'date', 'fingerprint': 'varchar'}) }}
),

changed as (
    select
        coalesce(now_known.feed, known_before.feed) as feed,
        min(coalesce(now_known.snapshot_date, known_before.snapshot_date)) as from_date,
    from now_known
    full outer join known_before
        on known_before.feed = now_known.feed
        and known_before.snapshot_date = now_known.snapshot_date
    where now_known.fingerprint is distinct from known_before.fingerprint
    group by coalesce(now_known.feed, known_before.feed)
),

final as (
    select
        feeds.feed,
        {{ span_closed('changed.from_date') }} as from_date,
    from feeds
    left join changed
        on changed.feed = feeds.feed
)

select * from final
