-- Grain: change kind x policy x scope x employee x validity. Spans of dim_employee_tier that go, and spans that come. A night rewrites
-- the spans of those whose tier is another than before, from the first date it evaluated; all others stay as they lie.
{%- set keys = ['policy_id', 'scope_code', 'employee_key'] %}
{%- set state = ['policy_version', 'tier_code', 'tier_low_code', 'tier_high_code', 'is_firm', 'reason_code'] %}
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

due_dates as (
    select
        due.policy_id,
        due.as_of_date,
    from {{ ref('int_tier_due') }} as due
    where due.is_for_everybody
        and due.evaluation_kind = 'daily'
    group by due.policy_id, due.as_of_date
),

first_due as (
    select
        due_dates.policy_id,
        min(due_dates.as_of_date) as from_date,
    from due_dates
    group by due_dates.policy_id
),

touched as (
    select
        touched.employee_key,
        min(touched.from_date) as from_date,
    from {{ ref('int_touched_person') }} as touched
    group by touched.employee_key
),

people as (
    select keys.employee_key
    from {{ ref('int_employee_key') }} as keys
    where keys.is_ever_included
),

-- a rebuild of everything starts from nothing
previous as (
    select
        previous.*,
        {{ span_closed('previous.valid_to') }} as closed_to,
        least(
            coalesce(first_due.from_date, {{ span_end() }}),
            coalesce(touched.from_date, {{ span_end() }})
        ) as redone_from,
        coalesce(touched.from_date, {{ span_end() }}) as touched_from,
        people.employee_key is not null as is_included,
    from {{ ref('int_previous_tier_span') }} as previous
    inner join run_window
        on not run_window.is_full_rebuild
    left join first_due
        on first_due.policy_id = previous.policy_id
    left join touched
        on touched.employee_key = previous.employee_key
    left join people
        on people.employee_key = previous.employee_key
),

-- a span that ends where the first evaluated date begins may grow on into it; one that began before the data now does is cut
reached as (
    select
        previous.*,
        run_window.first_date,
    from previous
    cross join run_window
    where previous.is_included
        and (
            -- of a policy with nothing to evaluate, an open span is no more reached than a closed one
            (previous.redone_from < {{ span_end() }} and previous.closed_to >= previous.redone_from)
            or previous.valid_from < run_window.first_date
        )
),

evaluated as (
    select
        tiers.policy_id,
        tiers.scope_code,
        tiers.employee_key,
        tiers.as_of_date,
        {% for column in state -%}
        tiers.{{ column }},
        {% endfor -%}
    from {{ ref('int_tier_evaluated') }} as tiers
    where tiers.evaluation_kind = 'daily'
),

-- nothing changes for whom every evaluated date says what the span that holds on it says
confirmed as (
    select
        reached.policy_id,
        reached.scope_code,
        reached.employee_key,
        count(*) as date_count,
    from reached
    inner join evaluated
        on evaluated.policy_id = reached.policy_id
        and evaluated.scope_code = reached.scope_code
        and evaluated.employee_key = reached.employee_key
        and evaluated.as_of_date >= reached.valid_from
        and evaluated.as_of_date < reached.closed_to
    where reached.touched_from = {{ span_end() }}
        and reached.valid_from >= reached.first_date
        {% for column in state -%}
        and evaluated.{{ column }} is not distinct from reached.{{ column }}
        {% endfor %}
    group by reached.policy_id, reached.scope_code, reached.employee_key
),

asked_dates as (
    select
        reached.policy_id,
        reached.scope_code,
        reached.employee_key,
        count(due_dates.as_of_date) as date_count,
        min(reached.valid_from) >= min(reached.first_date) as lies_within_the_data,
    from reached
    left join due_dates
        on due_dates.policy_id = reached.policy_id
        and due_dates.as_of_date >= reached.valid_from
        and due_dates.as_of_date < reached.closed_to
    group by reached.policy_id, reached.scope_code, reached.employee_key
),

evaluated_dates as (
    select
        evaluated.policy_id,
        evaluated.scope_code,
        evaluated.employee_key,
        count(*) as date_count,
    from evaluated
    group by evaluated.policy_id, evaluated.scope_code, evaluated.employee_key
),

unchanged as (
    select
        confirmed.policy_id,
        confirmed.scope_code,
        confirmed.employee_key,
    from confirmed
    inner join asked_dates
        on asked_dates.policy_id = confirmed.policy_id
        and asked_dates.scope_code = confirmed.scope_code
        and asked_dates.employee_key = confirmed.employee_key
        and asked_dates.date_count = confirmed.date_count
        and asked_dates.lies_within_the_data
    inner join evaluated_dates
        on evaluated_dates.policy_id = confirmed.policy_id
        and evaluated_dates.scope_code = confirmed.scope_code
        and evaluated_dates.employee_key = confirmed.employee_key
        and evaluated_dates.date_count = confirmed.date_count
),

redone as (
    select reached.*
    from reached
    left join unchanged
        on unchanged.policy_id = reached.policy_id
        and unchanged.scope_code = reached.scope_code
        and unchanged.employee_key = reached.employee_key
    where unchanged.employee_key is null
),

-- blocks of dates that this run evaluates for nobody in particular keep what was published for them
other_dates as (
    select
        policies.policy_id,
        dates.as_of_date,
        dates.as_of_date - cast(row_number() over (partition by policies.policy_id order by dates.as_of_date) as integer) as block_anchor,
    from (select distinct policies.policy_id from {{ ref('tier_policies') }} as policies) as policies
    cross join (
        select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'as_of_date') }}
        from run_window
    ) as dates
    left join due_dates
        on due_dates.policy_id = policies.policy_id
        and due_dates.as_of_date = dates.as_of_date
    where due_dates.as_of_date is null
),

kept_blocks as (
    select
        other_dates.policy_id,
        min(other_dates.as_of_date) as block_from,
        max(other_dates.as_of_date) + 1 as block_to,
    from other_dates
    group by other_dates.policy_id, other_dates.block_anchor
),

kept as (
    select
        redone.policy_id,
        redone.scope_code,
        redone.employee_key,
        {% for column in state -%}
        redone.{{ column }},
        {% endfor -%}
        greatest(redone.valid_from, kept_blocks.block_from) as valid_from,
        -- a person of whom something changed is evaluated on every date from there on
        least(redone.closed_to, kept_blocks.block_to, redone.touched_from) as valid_to,
    from redone
    inner join kept_blocks
        on kept_blocks.policy_id = redone.policy_id
        and kept_blocks.block_from < redone.closed_to
        and kept_blocks.block_to > redone.valid_from
),

combined as (
    select * from kept
    union all by name
    select
        evaluated.*,
        evaluated.as_of_date as valid_from,
        evaluated.as_of_date + 1 as valid_to,
    from evaluated
    left join unchanged
        on unchanged.policy_id = evaluated.policy_id
        and unchanged.scope_code = evaluated.scope_code
        and unchanged.employee_key = evaluated.employee_key
    where unchanged.employee_key is null
),

merged as (
    {{ merged_spans('combined', keys + state) }}
),

-- a span that reaches the as-of date is open: it holds until a later date says otherwise
coming as (
    select
        {% for column in keys + state + ['valid_from'] -%}
        merged.{{ column }},
        {% endfor -%}
        nullif(merged.valid_to, run_window.as_of_date + 1) as valid_to,
    from merged
    cross join run_window
),

going as (
    select
        {% for column in keys + state + ['valid_from'] -%}
        redone.{{ column }},
        {% endfor -%}
        redone.valid_to,
    from redone
    union all
    -- whoever is no longer included has no row, not even of the past
    select
        {% for column in keys + state + ['valid_from'] -%}
        previous.{{ column }},
        {% endfor -%}
        previous.valid_to,
    from previous
    where not previous.is_included
),

final as (
    select 'goes' as change_kind, away.* from (select * from going except select * from coming) as away
    union all
    select 'comes' as change_kind, added.* from (select * from coming except select * from going) as added
)

select * from final
