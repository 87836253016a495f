{#
    An empty typed relation for every landed feed, from the columns stated in _landing__sources.yml:
    a feed without a delivery reads as no records, with its types.
#}
{% macro create_landing_relations() %}
    {%- if execute -%}
        {%- for node in graph.sources.values() | selectattr('source_name', 'equalto', 'landing') %}
            {%- do run_query('create schema if not exists ' ~ node.database ~ '.' ~ node.schema) -%}
            {%- set columns = [] -%}
            {%- for column in node.columns.values() -%}
                {%- do columns.append(column.name ~ ' ' ~ column.data_type) -%}
            {%- endfor -%}
            {%- do run_query('create or replace table ' ~ node.database ~ '.' ~ node.schema ~ '.' ~ node.identifier ~ ' (' ~ columns | join(', ') ~ ')') -%}
        {%- endfor %}
    {%- endif -%}
{% endmacro %}


{% macro checkpoint_databases() %}
    {%- if execute -%}
        {%- for database in ['adoption', 'shared', 'identity', 'scratch'] %}
            {%- do run_query('checkpoint ' ~ database) -%}
        {%- endfor %}
    {%- endif -%}
{% endmacro %}
