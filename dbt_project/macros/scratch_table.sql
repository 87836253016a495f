{#
    A table of the scratch database, which is new every night: one statement, no swap with a table of before.
    dbt's own `table` renames and drops around it, which doubles the time of some sixty small models.
#}
{% materialization scratch_table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- call statement('main') -%}
        create or replace table {{ target_relation }} as ({{ sql }})
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# A view of the scratch database: names and joins that few readers need and nobody should wait to see written. #}
{% materialization scratch_view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- call statement('main') -%}
        create or replace view {{ target_relation }} as ({{ sql }})
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
