-- Grain: slice x scope x person. What a person did in a slice, and what the feeds that are missing leave open, whether known from the
-- night before or worked out in this run.
{{ config(materialized='scratch_view') }}
{%- set columns = slice_use_columns() %}
with known as (
    select
        slices.slice_number,
        known.scope_number,
        known.person_number,
        {% for column in columns -%}
        known.{{ column }},
        {% endfor -%}
    from {{ ref('person_week_use') }} as known
    inner join {{ ref('int_scope_slice') }} as slices
        on slices.scope_number = known.scope_number
        and slices.week_start_date = known.week_start_date
        and slices.is_kept
),

passing as (
    select
        computed.slice_number,
        computed.scope_number,
        computed.person_number,
        {% for column in columns -%}
        computed.{{ column }},
        {% endfor -%}
    from {{ ref('int_computed_slice_use') }} as computed
    inner join {{ ref('int_scope_slice') }} as slices
        on slices.scope_number = computed.scope_number
        and slices.slice_number = computed.slice_number
        and not slices.is_kept
),

final as (
    select * from known
    union all
    select * from passing
)

select * from final
