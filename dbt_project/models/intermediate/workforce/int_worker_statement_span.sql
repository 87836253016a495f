-- Grain: employee x refused or not x span of snapshots. What the workforce snapshots state of a person, from the first to the last of
-- consecutive snapshots that say so, and where they hold a row of theirs that was refused.
{%- set statement = worker_statement_columns() %}
with known_before as (
    {{ known_before('int_worker_statement_span', dict(statement, from_date='date', to_date='date')) }}
),

records as (
    select * from {{ ref('int_worker_snapshot_record') }}
    where employee_id is not null
        and snapshot_date is not null
),

statements as (
    select
        'hr/workers' as feed,
        records.employee_id,
        false as is_refused,
        {% for column in worker_attributes() -%}
        records.{{ column }},
        {% endfor -%}
        records.hired_date,
        records.terminated_date,
        records.snapshot_date,
    from records
    where records.record_status = 'accepted'
        -- terminated without a date: employment ended the day before this snapshot, so the person is not in it
        and not (records.employment_status = 'terminated' and records.terminated_date is null)
    union all by name
    select distinct
        'hr/workers' as feed,
        records.employee_id,
        true as is_refused,
        records.snapshot_date,
    from records
    where records.record_status = 'rejected'
),

final as (
    {{ spliced_spans(statement.keys() | list, 'known_before', 'statements') }}
)

select * from final
