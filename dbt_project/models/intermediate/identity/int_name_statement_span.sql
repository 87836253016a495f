-- Grain: feed x name x name it leads to x span of snapshots. What lists of users say of names, from the first to the last of consecutive
-- snapshots that say so: what the run before knew of snapshots that have not changed, and what those after them state.
{%- set statement = {
    'feed': 'varchar',
    'link_source': 'varchar',
    'actor_kind': 'varchar',
    'actor_name': 'varchar',
    'target_kind': 'varchar',
    'target_name': 'varchar',
} %}
with changed as (
    select * from {{ ref('int_changed_name_list') }}
),

known_before as (
    {{ published_before('ops', 'name_statement_span', dict(statement, from_date='date', to_date='date'), database='identity') }}
),

statements as (
    select * from {{ ref('int_name_statement') }}
),

snapshots as (
    select * from {{ ref('int_stated_name_list') }}
),

-- a span that reaches into what changed ends with the last snapshot before it
unchanged as (
    select
        known_before.* exclude (to_date),
        case when known_before.to_date < changed.from_date then known_before.to_date else lasts.snapshot_date end as to_date,
    from known_before
    inner join changed
        on changed.feed = known_before.feed
        and changed.from_date > known_before.from_date
    left join (
        select snapshots.feed, max(snapshots.snapshot_date) as snapshot_date
        from snapshots
        inner join changed
            on changed.feed = snapshots.feed
            and changed.from_date > snapshots.snapshot_date
        group by snapshots.feed
    ) as lasts
        on lasts.feed = known_before.feed
),

stated as (
    select * from unchanged
    union all by name
    select
        statements.* exclude (snapshot_date),
        statements.snapshot_date as from_date,
        statements.snapshot_date as to_date,
    from statements
),

starts as (
    select
        stated.*,
        case
            when lag(stated.to_date) over (
                partition by stated.{{ statement.keys() | join(', stated.') }}
                order by stated.from_date
            ) = snapshots.previous_date then 0
            else 1
        end as is_start,
    from stated
    inner join snapshots
        on snapshots.feed = stated.feed
        and snapshots.snapshot_date = stated.from_date
),

numbered as (
    select
        starts.*,
        sum(starts.is_start) over (
            partition by starts.{{ statement.keys() | join(', starts.') }}
            order by starts.from_date
            rows between unbounded preceding and current row
        ) as span_number,
    from starts
),

final as (
    select
        {% for name in statement -%}
        numbered.{{ name }},
        {% endfor -%}
        min(numbered.from_date) as from_date,
        max(numbered.to_date) as to_date,
    from numbered
    group by numbered.{{ statement.keys() | join(', numbered.') }}, numbered.span_number
)

select * from final
