-- Grain: person x ISO week. The days of the windows on which a person is employed and included, one bit for each weekday, and what was
-- expected of each, whether known from the night before or worked out in this run.
{{ config(materialized='scratch_view') }}
{%- set columns = person_week_columns() %}
with kept_before as (
    {{ weeks_kept_before('person_week', ['person_number'], columns) }}
),

known as (
    select
        kept_before.person_number,
        kept_before.week_start_date,
        false as is_touched_person,
        {% for column in columns -%}
        kept_before.{{ column }},
        {% endfor -%}
    from kept_before
    inner join {{ ref('int_window_week') }} as weeks
        on weeks.week_start_date = kept_before.week_start_date
        and weeks.is_known
),

computed as (
    select
        computed.person_number,
        computed.week_start_date,
        computed.is_touched_person,
        {% for column in columns -%}
        computed.{{ column }},
        {% endfor -%}
    from {{ ref('int_computed_person_week') }} as computed
),

final as (
    select * from known
    union all
    select * from computed
)

select * from final
