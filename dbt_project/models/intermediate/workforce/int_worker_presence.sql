-- Grain: employee x snapshot date. Who counts as being in a snapshot, and the snapshot that last stated them.
with records as (
    select * from {{ ref('int_worker_snapshot_record') }}
),

snapshots as (
    select
        records.snapshot_date,
        lead(records.snapshot_date) over (order by records.snapshot_date) as next_snapshot_date,
        -- a row without a legible person: nobody missing from this snapshot can be said to have left
        max(case when records.record_status = 'rejected' and records.employee_id is null then 1 else 0 end) as hides_somebody,
    from records
    where records.snapshot_date is not null
    group by records.snapshot_date
    having count(case when records.record_status = 'accepted' then 1 end) > 0
),

accepted as (
    select
        records.snapshot_date,
        records.employee_id,
    from records
    where records.record_status = 'accepted'
        -- terminated without a date: employment ended the day before this snapshot, so the person is not in it
        and not (records.employment_status = 'terminated' and records.terminated_date is null)
),

people as (
    select
        accepted.employee_id,
        min(accepted.snapshot_date) as first_snapshot_date,
    from accepted
    group by accepted.employee_id
),

-- a rejected row of a known person, or a snapshot that hides somebody, leaves the state before it in force
carried as (
    select
        snapshots.snapshot_date,
        people.employee_id,
    from snapshots
    inner join people
        on people.first_snapshot_date < snapshots.snapshot_date
    where snapshots.hides_somebody = 1
    union
    select
        records.snapshot_date,
        records.employee_id,
    from records
    inner join people
        on people.employee_id = records.employee_id
        and people.first_snapshot_date < records.snapshot_date
    where records.record_status = 'rejected'
        and records.snapshot_date is not null
),

present as (
    select
        accepted.snapshot_date,
        accepted.employee_id,
        accepted.snapshot_date as stated_date,
    from accepted
    union all
    select
        carried.snapshot_date,
        carried.employee_id,
        cast(null as date) as stated_date,
    from carried
    left join accepted
        on accepted.snapshot_date = carried.snapshot_date
        and accepted.employee_id = carried.employee_id
    where accepted.employee_id is null
),

final as (
    select
        present.employee_id,
        present.snapshot_date,
        snapshots.next_snapshot_date,
        max(present.stated_date) over (
            partition by present.employee_id
            order by present.snapshot_date
            rows between unbounded preceding and current row
        ) as stated_date,
    from present
    inner join snapshots
        on snapshots.snapshot_date = present.snapshot_date
)

select * from final
