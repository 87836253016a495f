-- Grain: feed of lists that link names. The first snapshot from which on its deliveries are others than those of the generation before;
-- what snapshots before it state is known. The end of time where all are the same.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

feeds as (
    {% for feed in name_link_feed_names() -%}
    select '{{ feed }}' as feed
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

now_known as (
    select * from {{ ref('int_name_list_snapshot') }}
),

known_before as (
    {{ published_before('ops', 'name_list_snapshot', {'feed': 'varchar', 'snapshot_date': 'date', 'fingerprint': 'varchar'}) }}
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
        case when run_window.is_full_rebuild then cast('0001-01-01' as date) else {{ span_closed('changed.from_date') }} end as from_date,
    from feeds
    cross join run_window
    left join changed
        on changed.feed = feeds.feed
)

select * from final
