{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns', full_refresh=false) }}

-- a held candidate is published byte for byte, so the generation after it is the first that can say why
select
    releases.generation_number,
    releases.as_of_date,
    releases.held_checks,
    releases.reason,
    releases.released_at,
from {{ source('run', 'release') }} as releases
