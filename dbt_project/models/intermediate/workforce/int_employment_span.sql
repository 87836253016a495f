-- Grain: employee x validity. What the snapshots say of a person from hire to termination; spans of one person do not overlap.
with presence as (
    select * from {{ ref('int_worker_presence') }}
),

statements as (
    select * from {{ ref('int_worker_statement_span') }}
    where not is_refused
),

versions as (
    select
        presence.employee_id,
        presence.valid_from as snapshot_date,
        {{ span_closed('presence.valid_to') }} as presence_to,
        statements.hired_date,
        statements.terminated_date,
        {% for column in worker_attributes() -%}
        statements.{{ column }},
        {% endfor %}
    from presence
    inner join statements
        on statements.employee_id = presence.employee_id
        and statements.from_date = presence.stated_date
),

compared as (
    select
        versions.*,
        lag(versions.presence_to) over person_history as previous_presence_to,
        lag(versions.hired_date) over person_history as previous_hired_date,
        lag(versions.terminated_date) over person_history as previous_terminated_date,
    from versions
    window person_history as (partition by versions.employee_id order by versions.snapshot_date)
),

-- a changed hired date is a new stint only after an end of the one before; otherwise it is a correction
started as (
    select
        compared.*,
        case
            when compared.previous_presence_to is null then 1
            when compared.hired_date is not distinct from compared.previous_hired_date then 0
            when compared.previous_presence_to < compared.snapshot_date then 1
            when compared.previous_terminated_date < compared.hired_date then 1
            else 0
        end as is_stint_start,
    from compared
),

numbered as (
    select
        started.*,
        sum(started.is_stint_start) over (
            partition by started.employee_id
            order by started.snapshot_date
            rows between unbounded preceding and current row
        ) as stint_number,
    from started
),

-- hire and termination are dated facts: the latest word on the stint holds for all of it
dated as (
    select
        numbered.* exclude (hired_date, terminated_date),
        last_value(numbered.hired_date) over stint as hired_date,
        last_value(numbered.terminated_date) over stint as terminated_date,
    from numbered
    window stint as (
        partition by numbered.employee_id, numbered.stint_number
        order by numbered.snapshot_date
        rows between unbounded preceding and unbounded following
    )
),

-- the first version of a stint reaches back to the hired date, never into the stint before it
reached as (
    select
        dated.*,
        case
            when dated.is_stint_start = 1 then least(
                dated.snapshot_date,
                greatest(
                    coalesce(dated.hired_date, dated.snapshot_date),
                    coalesce(
                        least(dated.previous_presence_to, coalesce(dated.previous_terminated_date + 1, dated.previous_presence_to)),
                        dated.hired_date,
                        dated.snapshot_date
                    )
                )
            )
            else dated.snapshot_date
        end as presence_from,
    from dated
),

clipped as (
    select
        reached.employee_id,
        {% for column in worker_attributes() -%}
        reached.{{ column }},
        {% endfor -%}
        reached.hired_date,
        reached.terminated_date,
        greatest(reached.presence_from, coalesce(reached.hired_date, reached.presence_from)) as valid_from,
        least(
            reached.presence_to,
            coalesce(reached.terminated_date + 1, {{ span_end() }})
        ) as valid_to,
    from reached
),

final as (
    {{ merged_spans('clipped', ['employee_id'] + worker_attributes() + ['hired_date', 'terminated_date']) }}
)

select * from final
