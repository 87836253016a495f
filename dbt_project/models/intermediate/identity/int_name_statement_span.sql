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
with known_before as (
    {{ known_before('int_name_statement_span', dict(statement, from_date='date', to_date='date')) }}
),

statements as (
    select * from {{ ref('int_name_statement') }}
),

final as (
    {{ spliced_spans(statement.keys() | list, 'known_before', 'statements') }}
)

select * from final
