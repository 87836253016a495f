{#
    Records of one feed's landed deliveries, each with the rank of its delivery.
    The list of Parquet files is read from the run tables when the model runs, so that a night opens
    only the files that hold its dates, or bear on them: touched_only = the dates this run rebuilds, else everything up to as-of;
    and_later = those after them too, of snapshots that look back; days_summed_up = how many days a record sums up from its date on, where
    it is more than that date; reached_by_pending = only the deliveries that are new to this run, and those of the days that they bear on;
    changed_lists = only snapshots of lists that link names from the first one on that is another than in the run before.
#}
{% macro landed_records(source_name, feed_table, touched_only, and_later=false, reached_by_pending=false, days_summed_up=1, changed_lists=false) %}
{%- set paths = landed_paths(source_name, feed_table, touched_only, and_later, reached_by_pending, days_summed_up, changed_lists) -%}
select
    records.*,
    deliveries.rank_at,
    deliveries.ledger_order,
    deliveries.reaches_back_days,
    deliveries.is_pending,
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


{# Which of the records of a key is in effect: 1 for the last one of the highest delivery; of those alike in `among` where it is given. #}
{% macro record_preference(among=none) -%}
row_number() over (
    partition by records.record_key{{ ', ' ~ among if among }}
    order by records.rank_at desc, records.ledger_order desc, records.record_line desc
)
{%- endmacro %}


{% macro landed_paths(source_name, feed_table, touched_only, and_later, reached_by_pending, days_summed_up, changed_lists) %}
    {#- named before the return, so that the graph knows them while dbt only parses -#}
    {%- set deliveries = source('run', 'delivery') -%}
    {%- set delivery_dates = source('run', 'delivery_date') -%}
    {%- set run_window = source('run', 'run_window') -%}
    {%- set touched_dates = ref('int_touched_date') if touched_only else none -%}
    {%- set changed = ref('int_changed_name_list') if changed_lists else none -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set query -%}
        select distinct deliveries.parquet_path
        from {{ deliveries }} as deliveries
        {%- if touched_only %}
        inner join {{ delivery_dates }} as dates
            on dates.delivery_id = deliveries.delivery_id
        inner join {{ touched_dates }} as touched
            on touched.activity_date <= dates.activity_date + {{ days_summed_up - 1 }}
            {%- if not and_later %}
            and touched.activity_date >= dates.activity_date - coalesce(deliveries.reaches_back_days, 0)
            {%- endif %}
        {%- endif %}
        where deliveries.source = '{{ source_name }}'
            and deliveries.feed = '{{ feed_table }}'
            and deliveries.parquet_path is not null
        {%- if changed_lists %}
            and exists (
                select 1
                from {{ delivery_dates }} as dates
                inner join {{ changed }} as changed
                    on changed.feed = '{{ source_name }}/{{ feed_table }}'
                where dates.delivery_id = deliveries.delivery_id
                    and coalesce(dates.activity_date >= changed.from_date, true)
            )
        {%- endif %}
        {%- if reached_by_pending %}
            -- a whole rebuild touches every date anyway
            and not (select run_window.is_full_rebuild from {{ run_window }} as run_window)
            and exists (
                select 1
                from {{ deliveries }} as pending
                inner join {{ delivery_dates }} as pending_dates
                    on pending_dates.delivery_id = pending.delivery_id
                inner join {{ delivery_dates }} as dates
                    on dates.delivery_id = deliveries.delivery_id
                    and dates.activity_date between pending_dates.activity_date - pending.reaches_back_days and pending_dates.activity_date
                where pending.is_pending
                    and pending.source = deliveries.source
                    and pending.feed = deliveries.feed
            )
        {%- endif %}
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
