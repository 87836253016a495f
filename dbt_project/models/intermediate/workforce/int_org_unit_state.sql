-- Grain: snapshot date x org unit. Name, parent and path of a unit until the next snapshot.
with recursive records as (
    select
        units.*,
        row_number() over (
            partition by units.snapshot_date, units.org_unit_id
            order by units.rank_at desc, units.ledger_order desc, units.record_line desc
        ) as preference,
    from {{ ref('stg_hr__org_unit') }} as units
    where units.reject_reason is null
),

snapshots as (
    select
        records.snapshot_date,
        lead(records.snapshot_date, 1, {{ span_end() }}) over (order by records.snapshot_date) as next_snapshot_date,
    from records
    group by records.snapshot_date
),

units as (
    select
        records.snapshot_date,
        records.org_unit_id,
        records.org_unit_name,
        -- a parent that the snapshot does not hold is no parent
        parents.org_unit_id as parent_org_unit_id,
    from records
    left join records as parents
        on parents.snapshot_date = records.snapshot_date
        and parents.org_unit_id = records.parent_org_unit_id
        and parents.preference = 1
    where records.preference = 1
),

paths as (
    select
        units.snapshot_date,
        units.org_unit_id,
        1 as org_level,
        '/' || units.org_unit_id || '/' as org_path,
    from units
    where units.parent_org_unit_id is null
    union all
    select
        units.snapshot_date,
        units.org_unit_id,
        paths.org_level + 1 as org_level,
        paths.org_path || units.org_unit_id || '/' as org_path,
    from units
    inner join paths
        on paths.snapshot_date = units.snapshot_date
        and paths.org_unit_id = units.parent_org_unit_id
),

final as (
    select
        units.org_unit_id,
        units.org_unit_name,
        units.parent_org_unit_id,
        paths.org_level,
        paths.org_path,
        snapshots.snapshot_date as valid_from,
        snapshots.next_snapshot_date as valid_to,
    from units
    inner join snapshots
        on snapshots.snapshot_date = units.snapshot_date
    -- units in a cycle hang from no root: they keep their row, without a path
    left join paths
        on paths.snapshot_date = units.snapshot_date
        and paths.org_unit_id = units.org_unit_id
)

select * from final
