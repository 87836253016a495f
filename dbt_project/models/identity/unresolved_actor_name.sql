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
    actors.actor_name,
from {{ ref('int_unresolved_actor') }} as actors
