{# Tables that a version before published and none does now: a candidate begins as a copy of the generation before. #}
{% macro drop_former_tables() %}
    {%- if execute -%}
        {%- for table in ['identity.ops.name_statement_span', 'adoption.ops.name_list_snapshot'] %}
            {%- do run_query('drop table if exists ' ~ table) -%}
        {%- endfor %}
    {%- endif -%}
{% endmacro %}
