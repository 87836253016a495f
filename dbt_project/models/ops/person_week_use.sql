{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_unknown_weeks(is_by_scope=true) }}",
) }}

-- depends_on: {{ ref('int_kept_week') }} (the hook before it, which compares with int_tier_person too, names the rows that stay)
-- depends_on: {{ ref('int_tier_person') }}
select
    computed.person_number,
    computed.scope_number,
    slices.week_start_date,
    {% for column in slice_use_columns() -%}
    computed.{{ column }},
    {% endfor -%}
from {{ ref('int_computed_slice_use') }} as computed
inner join {{ ref('int_scope_slice') }} as slices
    on slices.scope_number = computed.scope_number
    and slices.slice_number = computed.slice_number
    and slices.is_kept
