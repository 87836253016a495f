{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns', full_refresh=false) }}

-- filled by data_quality after the candidate is judged; dbt only keeps the table and its past rows
select
    cast(null as integer) as generation_number,
    cast(null as varchar) as suite_name,
    cast(null as varchar) as check_name,
    cast(null as varchar) as outcome,
    cast(null as varchar) as severity,
    cast(null as varchar) as observed,
    cast(null as varchar) as message,
    cast(null as timestamp) as decided_at,
where false
