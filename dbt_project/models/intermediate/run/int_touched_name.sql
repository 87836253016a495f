-- Grain: name that lists of users lead from x employee x span of dates. Whose names are another's than in the generation before, and when; of
-- names that nobody had before only the dates on which use of theirs waits unresolved.
{% set columns = 'source, actor_kind, actor_name, employee_id, link_count, valid_from, valid_to' %}
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

now_known as (
    select * from {{ ref('int_actor_span') }}
    where link_count > 0
),

known_before as (
    {{ published_before('ops', 'linked_name_span', {
        'source': 'varchar',
        'actor_kind': 'varchar',
        'actor_name': 'varchar',
        'employee_id': 'varchar',
        'link_count': 'integer',
        'valid_from': 'date',
        'valid_to': 'date',
    }, database='identity') }}
),

linked_before as (
    select * from known_before
    where employee_id is not null
),

unresolved_before as (
    {{ published_before('marts', 'unresolved_actor_name', {
        'source': 'varchar',
        'actor_kind': 'varchar',
        'actor_name': 'varchar',
        'activity_date': 'date',
    }, database='identity') }}
),

-- spans that are in both cancel out before anything is compared date by date
different as (
    (select {{ columns }}, 1 as sign from now_known
    except
    select {{ columns }}, 1 as sign from linked_before)
    union all
    (select {{ columns }}, -1 as sign from linked_before
    except
    select {{ columns }}, -1 as sign from now_known)
),

changes as (
    select
        different.*,
        greatest(different.valid_from, run_window.first_date) as change_date,
        different.sign * {{ row_fingerprint(['different.employee_id', 'different.link_count']) }} as change,
    from different
    cross join run_window
    where {{ span_closed('different.valid_to') }} > run_window.first_date
    union all
    select
        different.*,
        different.valid_to as change_date,
        -different.sign * {{ row_fingerprint(['different.employee_id', 'different.link_count']) }} as change,
    from different
    cross join run_window
    where different.valid_to > run_window.first_date
),

standing as (
    select
        changes.source,
        changes.actor_kind,
        changes.actor_name,
        changes.change_date as from_date,
        lead(changes.change_date) over (
            partition by changes.source, changes.actor_kind, changes.actor_name
            order by changes.change_date
        ) as to_date,
        sum(sum(changes.change)) over (
            partition by changes.source, changes.actor_kind, changes.actor_name
            order by changes.change_date
            rows between unbounded preceding and current row
        ) as difference,
    from changes
    group by changes.source, changes.actor_kind, changes.actor_name, changes.change_date
),

-- use of a name that somebody or something had, if only without its plus part, may stand to their account
taken_names as (
    select linked_before.source, linked_before.actor_kind, linked_before.actor_name from linked_before
    union
    select changed.source, changed.actor_kind, changed.actor_name
    from standing as changed
    inner join {{ ref('int_actor_span') }} as accounts
        on accounts.actor_kind = '*'
        and accounts.actor_name = lower(changed.actor_name)
    union
    select changed.source, changed.actor_kind, changed.actor_name
    from standing as changed
    where changed.actor_kind = 'email'
        and {{ without_plus_part('changed.actor_name') }} is not null
),

changed as (
    select
        standing.*,
        taken_names.actor_name is not null as is_taken,
    from standing
    left join taken_names
        on taken_names.source = standing.source
        and taken_names.actor_kind = standing.actor_kind
        and taken_names.actor_name = standing.actor_name
    where standing.difference <> 0
),

waiting as (
    select unresolved_before.*, unresolved_before.actor_name as looked_up_name from unresolved_before
    union all
    select unresolved_before.*, {{ without_plus_part('unresolved_before.actor_name') }} as looked_up_name from unresolved_before
    where unresolved_before.actor_kind = 'email'
        and {{ without_plus_part('unresolved_before.actor_name') }} is not null
),

touched as (
    select
        changed.actor_kind,
        changed.actor_name,
        changed.from_date,
        least(coalesce(changed.to_date, run_window.as_of_date + 1), run_window.as_of_date + 1) as to_date,
    from changed
    cross join run_window
    where changed.is_taken
        and changed.from_date <= run_window.as_of_date
    union
    select
        changed.actor_kind,
        changed.actor_name,
        waiting.activity_date as from_date,
        waiting.activity_date + 1 as to_date,
    from changed
    inner join waiting
        on waiting.actor_kind = changed.actor_kind
        and waiting.looked_up_name = changed.actor_name
        and waiting.activity_date >= changed.from_date
        and waiting.activity_date < {{ span_closed('changed.to_date') }}
    where changed.source in ('*', waiting.source)
        and not changed.is_taken
),

-- use under an address with a plus part may have stood to whoever has the one without it
touched_names as (
    select distinct touched.actor_kind, touched.actor_name, touched.actor_name as looked_up_name from touched
    union all
    select distinct touched.actor_kind, touched.actor_name, {{ without_plus_part('touched.actor_name') }} as looked_up_name
    from touched
    where touched.actor_kind = 'email'
        and {{ without_plus_part('touched.actor_name') }} is not null
),

bearers as (
    select spans.actor_kind, spans.actor_name, spans.employee_id from {{ ref('int_actor_span') }} as spans
    union
    select linked_before.actor_kind, linked_before.actor_name, linked_before.employee_id from linked_before
),

final as (
    select distinct
        touched.actor_kind,
        touched.actor_name,
        bearers.employee_id,
        touched.from_date,
        touched.to_date,
    from touched
    inner join touched_names
        on touched_names.actor_kind = touched.actor_kind
        and touched_names.actor_name = touched.actor_name
    inner join bearers
        on bearers.actor_kind = touched_names.actor_kind
        and bearers.actor_name = touched_names.looked_up_name
)

select * from final
