{#
    A published table as it stood before this run, or no rows on the first night, or where it is not to be read. The model that reads it
    must stand upstream of the model that writes the table anew, or tell tonight's rows from those of before. `columns` maps names to types.
#}
{% macro published_before(schema, identifier, columns, database='adoption', is_read=true) %}
    {%- set relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) if execute and is_read else none %}
    select
        {%- for name, type in columns.items() %}
        {{ 'published.' ~ name if relation else 'cast(null as ' ~ type ~ ') as ' ~ name }},
        {%- endfor %}
    from {{ (relation ~ ' as published') if relation else '(select 1 as nothing) as published where false' }}
{% endmacro %}


{#
    A table of this run's scratch database as the run before left it, or no rows where nothing of it is known: what statements and snapshots
    said that were read then (orchestration/transformation/known_statements.py, KEPT_TABLES).
#}
{% macro known_before(identifier, columns) %}
    {{- published_before('main', identifier, columns, database='known') }}
{% endmacro %}


{# A number that differs when the row differs; used to find dates whose inputs changed, never to identify anybody. #}
{% macro row_fingerprint(columns) -%}{{ return(adapter.dispatch('row_fingerprint', 'adoption')(columns)) }}{%- endmacro %}

{% macro duckdb__row_fingerprint(columns) -%}cast(hash({{ columns | join(', ') }}) as hugeint){%- endmacro %}


{# One row per part of a separated text. #}
{% macro split_text(column, separator) -%}{{ return(adapter.dispatch('split_text', 'adoption')(column, separator)) }}{%- endmacro %}

{% macro duckdb__split_text(column, separator) -%}unnest(string_split({{ column }}, '{{ separator }}')){%- endmacro %}


{# Every date from first to last, both included, as rows of one column. #}
{% macro date_rows(first, last, name) -%}{{ return(adapter.dispatch('date_rows', 'adoption')(first, last, name)) }}{%- endmacro %}

{% macro duckdb__date_rows(first, last, name) -%}
cast(unnest(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval 1 day)) as date) as {{ name }}
{%- endmacro %}


{# The sum of one field over a list of structs, or over those for which a condition on `element` holds: 0 for none of them, NULL without a list. #}
{% macro struct_list_sum(list_column, field, condition=none) -%}{{ return(adapter.dispatch('struct_list_sum', 'adoption')(list_column, field, condition)) }}{%- endmacro %}

{% macro duckdb__struct_list_sum(list_column, field, condition) -%}
{%- set chosen = 'list_filter(' ~ list_column ~ ', element -> ' ~ condition ~ ')' if condition else list_column -%}
case
    when {{ list_column }} is null then null
    when len({{ chosen }}) = 0 then 0
    else list_sum(list_transform({{ chosen }}, element -> element.{{ field }}))
end
{%- endmacro %}


{# All values of a column for which a condition holds, as one list; empty where there are none. #}
{% macro list_of(column, condition) -%}{{ return(adapter.dispatch('list_of', 'adoption')(column, condition)) }}{%- endmacro %}

{% macro duckdb__list_of(column, condition) -%}coalesce(list({{ column }}) filter ({{ condition }}), []){%- endmacro %}


{# One row per struct of a list. #}
{% macro unnested_struct(list_column) -%}{{ return(adapter.dispatch('unnested_struct', 'adoption')(list_column)) }}{%- endmacro %}

{% macro duckdb__unnested_struct(list_column) -%}unnest({{ list_column }}){%- endmacro %}


{# 1 = Monday to 7 = Sunday. #}
{% macro iso_weekday(column) -%}{{ return(adapter.dispatch('iso_weekday', 'adoption')(column)) }}{%- endmacro %}

{% macro duckdb__iso_weekday(column) -%}isodow({{ column }}){%- endmacro %}


{# The Monday of the ISO week. #}
{% macro week_start(column) -%}cast(date_trunc('week', {{ column }}) as date){%- endmacro %}


{# Every whole number from first to last, both included, as rows of one column. #}
{% macro number_rows(first, last, name) -%}{{ return(adapter.dispatch('number_rows', 'adoption')(first, last, name)) }}{%- endmacro %}

{% macro duckdb__number_rows(first, last, name) -%}unnest(generate_series({{ first }}, {{ last }})) as {{ name }}{%- endmacro %}


{# The first day of the month of a date, of the month after a month's first day, of the month before it. #}
{% macro month_start(column) -%}cast(date_trunc('month', {{ column }}) as date){%- endmacro %}

{% macro month_after(month) -%}{{ return(adapter.dispatch('month_after', 'adoption')(month)) }}{%- endmacro %}

{% macro duckdb__month_after(month) -%}cast({{ month }} + interval 1 month as date){%- endmacro %}

{% macro month_before(month) -%}{{ return(adapter.dispatch('month_before', 'adoption')(month)) }}{%- endmacro %}

{% macro duckdb__month_before(month) -%}cast({{ month }} - interval 1 month as date){%- endmacro %}


{# The Monday of the last ISO week whose Sunday lies in the month. #}
{% macro last_week_of_month(month) -%}({{ week_start(month_after(month)) }} - 7){%- endmacro %}


{# One row per listed column: its name and its value in one type. #}
{% macro unpivoted(relation, columns, name, value, type) -%}{{ return(adapter.dispatch('unpivoted', 'adoption')(relation, columns, name, value, type)) }}{%- endmacro %}

{% macro duckdb__unpivoted(relation, columns, name, value, type) -%}
unnest(['{{ columns | join("', '") }}']) as {{ name }},
        unnest([{% for column in columns %}cast({{ relation }}.{{ column }} as {{ type }}){{ ', ' if not loop.last }}{% endfor %}]) as {{ value }}
{%- endmacro %}


{# The sum of those of several columns that are stated; NULL if none is. #}
{% macro stated_sum(relation, columns) -%}
case
            when coalesce({% for column in columns %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}) is not null
                then {% for column in columns %}coalesce({{ relation }}.{{ column }}, 0){{ ' + ' if not loop.last }}{% endfor %}
        end
{%- endmacro %}
