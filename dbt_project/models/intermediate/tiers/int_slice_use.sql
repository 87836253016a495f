-- Grain: slice x scope x person. What a person did in a slice, and what the feeds that are missing leave open, whether known from the
-- night before or worked out in this run.
{{ config(materialized='scratch_view') }}
{%- set columns = slice_use_columns() %}
with kept_before as (
    {{ weeks_kept_before('person_week_use', ['person_number', 'scope_number'], columns) }}
),

known as (
    select
        slices.slice_number,
        kept_before.scope_number,
        kept_before.person_number,
        {% for column in columns -%}
        kept_before.{{ column }},
        {% endfor -%}
    from kept_before
    inner join {{ ref('int_scope_slice') }} as slices
        on slices.scope_number = kept_before.scope_number
        and slices.week_start_date = kept_before.week_start_date
        and slices.is_known
),

computed as (
    select
        computed.slice_number,
        computed.scope_number,
        computed.person_number,
        {% for column in columns -%}
        computed.{{ column }},
        {% endfor -%}
    from {{ ref('int_computed_slice_use') }} as computed
),

final as (
    select * from known
    union all
    select * from computed
)

select * from final
