{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select distinct
    actors.source,
    actors.feed,
    actors.activity_date,
from {{ ref('int_unresolved_actor') }} as actors
where actors.actor_kind = 'upn_hash'
    and actors.record_count > 0
