{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    actors.source,
    actors.feed,
    actors.activity_date,
    actors.actor_kind,
    actors.actor_hash,
    cast(actors.record_count as bigint) as record_count,
from {{ ref('int_unresolved_actor') }} as actors
where actors.record_count > 0
