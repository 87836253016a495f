{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    days.employee_key,
    days.source,
    days.feed,
    days.activity_date,
from {{ ref('int_uncovered_person_day') }} as days
