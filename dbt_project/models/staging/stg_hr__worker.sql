-- Grain: landed record of hr/workers, refused ones too, of the snapshots up to the as-of date that changed or follow one that did.
-- What a snapshot says of a person.
with records as (
    {{ landed_records('hr', 'workers', changed_lists=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as snapshot_date,
        records.reject_reason,
        records.employee_id,
        records.work_email,
        records.email_aliases,
        records.display_name,
        records.github_login,
        -- a person cannot report to themselves; HR systems state it for the head of the company
        nullif(records.manager_employee_id, records.employee_id) as manager_employee_id,
        records.org_unit_id,
        records.line_of_business,
        records.job_family,
        records.job_level,
        records.worker_type,
        records.country_code,
        records.country_subdivision_code,
        records.site_code,
        records.legal_entity_code,
        records.fte_fraction,
        records.working_weekdays,
        records.hired_date,
        records.terminated_date,
        records.employment_status,
    from records
    cross join {{ source('run', 'run_window') }} as run_window
    where records.activity_date is null or records.activity_date <= run_window.as_of_date
)

select * from final
