-- Grain: employee x span. Who counts as being in the snapshots of a span, each of which holds until the next, and from when on it was stated
-- what last was stated of them.
with snapshots as (
    select * from {{ ref('int_stated_list') }}
    where feed = 'hr/workers'
),

statements as (
    select
        spans.employee_id,
        spans.is_refused,
        spans.from_date as valid_from,
        {{ span_closed('lasts.next_date') }} as valid_to,
    from {{ ref('int_worker_statement_span') }} as spans
    inner join snapshots as lasts
        on lasts.snapshot_date = spans.to_date
),

stated as (
    select
        statements.employee_id,
        statements.valid_from as stated_date,
        statements.valid_from,
        statements.valid_to,
        lead(statements.valid_from, 1, {{ span_end() }}) over (
            partition by statements.employee_id
            order by statements.valid_from
        ) as next_stated_date,
    from statements
    where not statements.is_refused
),

-- nobody missing from a snapshot with a row without a legible person can be said to have left
hiding_snapshots as (
    select
        snapshots.hides_somebody,
        snapshots.snapshot_date as valid_from,
        {{ span_closed('snapshots.next_date') }} as valid_to,
    from snapshots
    where snapshots.hides_somebody
),

hiding as (
    {{ merged_spans('hiding_snapshots', ['hides_somebody']) }}
),

gaps as (
    select * from stated
    where valid_to < next_stated_date
),

-- a rejected row of a known person, or a snapshot that hides somebody, leaves the state before it in force
present as (
    select
        stated.employee_id,
        stated.stated_date,
        stated.valid_from,
        stated.valid_to,
    from stated
    union all
    select
        gaps.employee_id,
        gaps.stated_date,
        greatest(gaps.valid_to, refused.valid_from) as valid_from,
        least(gaps.next_stated_date, refused.valid_to) as valid_to,
    from gaps
    inner join statements as refused
        on refused.employee_id = gaps.employee_id
        and refused.valid_from < gaps.next_stated_date
        and refused.valid_to > gaps.valid_to
    where refused.is_refused
    union all
    select
        gaps.employee_id,
        gaps.stated_date,
        greatest(gaps.valid_to, hiding.valid_from) as valid_from,
        least(gaps.next_stated_date, {{ span_closed('hiding.valid_to') }}) as valid_to,
    from gaps
    inner join hiding
        on hiding.valid_from < gaps.next_stated_date
        and {{ span_closed('hiding.valid_to') }} > gaps.valid_to
),

final as (
    {{ merged_spans('present', ['employee_id', 'stated_date']) }}
)

select * from final
