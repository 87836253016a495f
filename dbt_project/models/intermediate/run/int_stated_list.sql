-- Grain: feed x snapshot date of the feeds whose snapshots are read once, of those that state anything, with the snapshots before and after
-- it, and whether it holds a row of which nobody can tell whose it is.
with changed as (
    select * from {{ ref('int_changed_list') }}
),

known_before as (
    {{ known_before('int_stated_list', {'feed': 'varchar', 'snapshot_date': 'date', 'hides_somebody': 'boolean'}) }}
),

workers as (
    select * from {{ ref('int_worker_snapshot_record') }}
    where snapshot_date is not null
),

dates as (
    select known_before.feed, known_before.snapshot_date, known_before.hides_somebody
    from known_before
    inner join changed
        on changed.feed = known_before.feed
        and changed.from_date > known_before.snapshot_date
    union
    select statements.feed, statements.snapshot_date, false as hides_somebody
    from {{ ref('int_name_statement') }} as statements
    union
    select
        'hr/workers' as feed,
        workers.snapshot_date,
        bool_or(workers.record_status = 'rejected' and workers.employee_id is null) as hides_somebody,
    from workers
    group by workers.snapshot_date
    having count(case when workers.record_status = 'accepted' then 1 end) > 0
),

final as (
    select
        dates.feed,
        dates.snapshot_date,
        dates.hides_somebody,
        lag(dates.snapshot_date) over (partition by dates.feed order by dates.snapshot_date) as previous_date,
        lead(dates.snapshot_date) over (partition by dates.feed order by dates.snapshot_date) as next_date,
    from dates
)

select * from final
