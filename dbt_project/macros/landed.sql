{#
    Records of one feed's landed deliveries, each with the rank of its delivery.
    The list of Parquet files is read from the run tables when the model runs, so that a night opens
    only the files that hold its dates, or bear on them: touched_only = the dates this run rebuilds, else everything up to as-of;
    and_later = those after them too, of snapshots that look back; days_summed_up = how many days a record sums up from its date on, where
    it is more than that date; reached_by_pending = only the deliveries that are new to this run, and those of the days that they bear on;
    changed_lists = only snapshots from the first one on that is another than in the run before; unread = only deliveries that the run before
    did not read.
#}
{% macro landed_records(source_name, feed_table, touched_only=false, and_later=false, reached_by_pending=false, days_summed_up=1, changed_lists=false, unread=false) %}
{%- set paths = landed_paths(source_name, feed_table, touched_only, and_later, reached_by_pending, days_summed_up, changed_lists, unread) -%}
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
{%- if changed_lists %}
-- a file may hold snapshots before as well, of which others are not read
inner join {{ ref('int_changed_list') }} as changed
    on changed.feed = '{{ source_name }}/{{ feed_table }}'
    and coalesce(records.activity_date >= changed.from_date, true)
{%- endif %}
{% endmacro %}


{# Feeds of dated snapshots that are read once. #}
{% macro snapshot_feed_names() -%}{{ return(name_link_feed_names() + ['hr/workers']) }}{%- endmacro %}


{# Feeds that state facts with dates of their own and are read once; all but leave state each fact by itself. #}
{% macro statement_feeds() %}
    {{ return([
        {'source': 'access', 'feed': 'entitlements', 'staged': 'stg_access__entitlement', 'in_effect': 'int_entitlement_statement'},
        {'source': 'identity', 'feed': 'service_accounts', 'staged': 'stg_identity__service_account', 'in_effect': 'int_service_account_statement'},
        {'source': 'hr', 'feed': 'rota', 'staged': 'stg_hr__rota', 'in_effect': 'int_rota_statement'},
        {'source': 'hr', 'feed': 'leave', 'staged': 'stg_hr__leave'},
    ]) }}
{% endmacro %}


{# The deliveries of statements that the run before read. #}
{% macro known_statement_deliveries() %}
    {{- known_before('int_statement_delivery', {
        'feed': 'varchar',
        'delivery_id': 'varchar',
        'rank_at': 'timestamp',
        'ledger_order': 'bigint',
        'landed_at': 'timestamp',
    }) }}
{% endmacro %}


{#
    The statements of a feed that no higher delivery supersedes, one for each key: of those known before and those read by this run, whose
    order does not matter. What was superseded is not known, so a delivery that is gone or ranks lower has the feed read whole.
#}
{% macro statements_in_effect(source_name, feed_table, table, staged, columns) %}
    {%- set kept = {'record_key': 'varchar', 'delivery_id': 'varchar', 'record_line': 'bigint', 'statement_date': 'date'} -%}
    {%- do kept.update(columns) -%}
    with known_before as (
        {{ known_before(table, kept) }}
    ),

    stated as (
        select known_before.*
        from known_before
        where '{{ source_name }}/{{ feed_table }}' not in (select anew.feed from {{ ref('int_reread_feed') }} as anew)
        union all by name
        select
            {%- for name in kept %}
            records.{{ name }},
            {%- endfor %}
        from {{ ref(staged) }} as records
        where records.reject_reason is null
    ),

    ranked as (
        select
            records.*,
            {{ record_preference() }} as preference,
        from (
            select
                stated.*,
                deliveries.rank_at,
                deliveries.ledger_order,
            from stated
            inner join {{ source('run', 'delivery') }} as deliveries
                on deliveries.delivery_id = stated.delivery_id
        ) as records
    )

    select ranked.* exclude (preference, rank_at, ledger_order)
    from ranked
    where ranked.preference = 1
{% endmacro %}


{# Which of the records of a key is in effect: 1 for the last one of the highest delivery; of those alike in `among` where it is given. #}
{% macro record_preference(among=none) -%}
row_number() over (
    partition by records.record_key{{ ', ' ~ among if among }}
    order by records.rank_at desc, records.ledger_order desc, records.record_line desc
)
{%- endmacro %}


{% macro landed_paths(source_name, feed_table, touched_only, and_later, reached_by_pending, days_summed_up, changed_lists, unread) %}
    {#- named before the return, so that the graph knows them while dbt only parses -#}
    {%- set deliveries = source('run', 'delivery') -%}
    {%- set delivery_dates = source('run', 'delivery_date') -%}
    {%- set run_window = source('run', 'run_window') -%}
    {%- set touched_dates = ref('int_touched_date') if touched_only else none -%}
    {%- set changed = ref('int_changed_list') if changed_lists else none -%}
    {%- set unread_deliveries = ref('int_unread_delivery') if unread else none -%}
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
        {%- if unread %}
            and deliveries.delivery_id in (select unread.delivery_id from {{ unread_deliveries }} as unread)
        {%- endif %}
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
