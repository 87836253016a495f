{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_unknown_weeks(is_by_scope=false) }}",
) }}

-- depends_on: {{ ref('int_kept_week') }} (the hook before it, which compares with int_tier_person too, names the rows that stay)
-- depends_on: {{ ref('int_tier_person') }}
select
    computed.person_number,
    computed.week_start_date,
    {% for column in person_week_columns() -%}
    computed.{{ column }},
    {% endfor -%}
from {{ ref('int_computed_person_week') }} as computed
inner join {{ ref('int_window_week') }} as weeks
    on weeks.week_start_date = computed.week_start_date
    and weeks.is_kept
