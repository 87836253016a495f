-- Grain: feed x snapshot date of the lists that link names that state anything, with the snapshots before and after it.
with changed as (
    select * from {{ ref('int_changed_name_list') }}
),

known_before as (
    {{ published_before('ops', 'name_list_snapshot', {'feed': 'varchar', 'snapshot_date': 'date', 'is_stating': 'boolean'}) }}
),

dates as (
    select known_before.feed, known_before.snapshot_date
    from known_before
    inner join changed
        on changed.feed = known_before.feed
        and changed.from_date > known_before.snapshot_date
    where known_before.is_stating
    union
    select statements.feed, statements.snapshot_date from {{ ref('int_name_statement') }} as statements
),

final as (
    select
        dates.feed,
        dates.snapshot_date,
        lag(dates.snapshot_date) over (partition by dates.feed order by dates.snapshot_date) as previous_date,
        lead(dates.snapshot_date) over (partition by dates.feed order by dates.snapshot_date) as next_date,
    from dates
)

select * from final
