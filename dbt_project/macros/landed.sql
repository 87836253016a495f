{#
    Records of one feed's landed deliveries, each with the rank of its delivery.
    The list of Parquet files is read from the run tables when the model runs, so that a night opens
    only the files that hold its dates: touched_only = the dates this run rebuilds, else everything up to as-of;
    and_later = those after them too, of snapshots that look back.
#}
{% macro landed_records(source_name, feed_table, touched_only, and_later=false) %}
{%- set paths = landed_paths(source_name, feed_table, touched_only, and_later) -%}
select
    records.*,
    deliveries.rank_at,
    deliveries.ledger_order,
from (
    select * from {{ source('landing', source_name ~ '__' ~ feed_table) }}
    {%- if paths %}
    union all by name
    select * from {{ read_parquet_files(paths) }}
    {%- endif %}
) as records
inner join {{ source('run', 'delivery') }} as deliveries
    on deliveries.delivery_id = records.delivery_id
{% endmacro %}


{% macro landed_paths(source_name, feed_table, touched_only, and_later=false) %}
    {#- named before the return, so that the graph knows them while dbt only parses -#}
    {%- set deliveries = source('run', 'delivery') -%}
    {%- set delivery_dates = source('run', 'delivery_date') -%}
    {%- set touched_dates = ref('int_touched_date') if touched_only else none -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set query -%}
        select distinct deliveries.parquet_path
        from {{ deliveries }} as deliveries
        {%- if touched_only %}
        inner join {{ delivery_dates }} as dates
            on dates.delivery_id = deliveries.delivery_id
        inner join {{ touched_dates }} as touched
            on touched.activity_date {{ '<=' if and_later else '=' }} dates.activity_date
        {%- endif %}
        where deliveries.source = '{{ source_name }}'
            and deliveries.feed = '{{ feed_table }}'
            and deliveries.parquet_path is not null
        order by deliveries.parquet_path
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}


{% macro read_parquet_files(paths) %}{{ return(adapter.dispatch('read_parquet_files', 'adoption')(paths)) }}{% endmacro %}

{% macro duckdb__read_parquet_files(paths) -%}
read_parquet([{% for path in paths %}'{{ path | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %}], union_by_name = true)
{%- endmacro %}


{% macro rejected_paths(source_name, feed) %}
    {%- set deliveries = source('run', 'delivery') -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set query -%}
        select deliveries.parquet_path
        from {{ deliveries }} as deliveries
        where deliveries.source = '{{ source_name }}'
            and deliveries.feed = '{{ feed }}'
            and deliveries.rejected_count > 0
            and deliveries.parquet_path is not null
        order by deliveries.parquet_path
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}
