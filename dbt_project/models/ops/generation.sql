{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns', full_refresh=false) }}

select
    cast(run_window.generation_number as integer) as generation_number,
    run_window.run_id,
    run_window.as_of_date,
    run_window.previous_as_of_date,
    run_window.is_full_rebuild,
    (select min(touched.activity_date) from {{ ref('int_touched_date') }} as touched) as rebuilt_from_date,
    (select max(touched.activity_date) from {{ ref('int_touched_date') }} as touched) as rebuilt_to_date,
    cast((select count(*) from {{ ref('int_touched_date') }}) as integer) as rebuilt_date_count,
    run_window.built_at,
from {{ source('run', 'run_window') }} as run_window
