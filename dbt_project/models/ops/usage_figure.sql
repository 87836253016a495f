{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook=["{{ delete_touched() }}", "{{ delete_old_figures() }}"],
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    {% for name in figure_columns() -%}
    figures.{{ name }},
    {% endfor %}
from {{ ref('int_kept_figure') }} as figures
