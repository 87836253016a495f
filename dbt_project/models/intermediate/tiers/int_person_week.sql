-- Grain: person x ISO week. The days of the windows on which a person is employed and included, one bit for each weekday, and what was
-- expected of each, whether known from the night before or worked out in this run.
{{ config(materialized='scratch_view') }}
{%- set columns = person_week_columns() %}
with known as (
    select
        known.person_number,
        known.week_start_date,
        people.is_touched_person,
        {% for column in columns -%}
        known.{{ column }},
        {% endfor -%}
    from {{ ref('person_week') }} as known
    inner join {{ ref('int_window_week') }} as weeks
        on weeks.week_start_date = known.week_start_date
        and weeks.is_kept
    inner join {{ ref('int_tier_person') }} as people
        on people.person_number = known.person_number
),

passing as (
    select
        computed.person_number,
        computed.week_start_date,
        computed.is_touched_person,
        {% for column in columns -%}
        computed.{{ column }},
        {% endfor -%}
    from {{ ref('int_computed_person_week') }} as computed
    inner join {{ ref('int_window_week') }} as weeks
        on weeks.week_start_date = computed.week_start_date
        and not weeks.is_kept
),

final as (
    select * from known
    union all
    select * from passing
)

select * from final
