{#
    Spans are [valid_from, valid_to) with NULL = open. Inside models an open end is span_end(), so that
    comparisons need no case for NULL; span_open() turns it back.
#}
{% macro span_end() -%}cast('9999-12-31' as date){%- endmacro %}

{% macro span_closed(column) -%}coalesce({{ column }}, {{ span_end() }}){%- endmacro %}

{% macro span_open(column) -%}nullif({{ column }}, {{ span_end() }}){%- endmacro %}


{# One row per run of touching or overlapping spans with the same values in `columns`; ends closed in, open out. #}
{% macro merged_spans(relation, columns) %}
    select
        {{ columns | join(', ') }},
        min(islands.valid_from) as valid_from,
        {{ span_open('max(islands.valid_to)') }} as valid_to,
    from (
        select
            starts.*,
            sum(starts.is_start) over (
                partition by {{ columns | join(', ') }}
                order by starts.valid_from, starts.valid_to
                rows between unbounded preceding and current row
            ) as island_number,
        from (
            select
                spans.*,
                case
                    when spans.valid_from <= max(spans.valid_to) over (
                        partition by {{ columns | join(', ') }}
                        order by spans.valid_from, spans.valid_to
                        rows between unbounded preceding and 1 preceding
                    ) then 0
                    else 1
                end as is_start,
            from {{ relation }} as spans
            where spans.valid_from < spans.valid_to
        ) as starts
    ) as islands
    group by {{ columns | join(', ') }}, islands.island_number
{% endmacro %}


{#
    Statements that snapshots of lists repeat, as spans from the first to the last of consecutive snapshots that make them: those known before
    of snapshots that have not changed, and what the snapshots from there on state (`statements`: the columns, among them feed, and snapshot_date).
#}
{% macro spliced_spans(columns, known_before, statements) %}
    with changed as (
        select * from {{ ref('int_changed_list') }}
    ),

    snapshots as (
        select * from {{ ref('int_stated_list') }}
    ),

    -- a span that reaches into what changed ends with the last snapshot before it
    unchanged as (
        select
            known_before.* exclude (to_date),
            case when known_before.to_date < changed.from_date then known_before.to_date else lasts.snapshot_date end as to_date,
        from {{ known_before }} as known_before
        inner join changed
            on changed.feed = known_before.feed
            and changed.from_date > known_before.from_date
        left join (
            select snapshots.feed, max(snapshots.snapshot_date) as snapshot_date
            from snapshots
            inner join changed
                on changed.feed = snapshots.feed
                and changed.from_date > snapshots.snapshot_date
            group by snapshots.feed
        ) as lasts
            on lasts.feed = known_before.feed
    ),

    stated as (
        select * from unchanged
        union all by name
        select
            statements.* exclude (snapshot_date),
            statements.snapshot_date as from_date,
            statements.snapshot_date as to_date,
        from {{ statements }} as statements
    ),

    starts as (
        select
            stated.*,
            case
                when lag(stated.to_date) over (
                    partition by stated.{{ columns | join(', stated.') }}
                    order by stated.from_date
                ) = snapshots.previous_date then 0
                else 1
            end as is_start,
        from stated
        inner join snapshots
            on snapshots.feed = stated.feed
            and snapshots.snapshot_date = stated.from_date
    ),

    numbered as (
        select
            starts.*,
            sum(starts.is_start) over (
                partition by starts.{{ columns | join(', starts.') }}
                order by starts.from_date
                rows between unbounded preceding and current row
            ) as span_number,
        from starts
    )

    select
        {% for name in columns -%}
        numbered.{{ name }},
        {% endfor -%}
        min(numbered.from_date) as from_date,
        max(numbered.to_date) as to_date,
    from numbered
    group by numbered.{{ columns | join(', numbered.') }}, numbered.span_number
{% endmacro %}


{# What a snapshot says of a person, in the order of dim_employee's needs. #}
{% macro worker_attributes() %}
    {{ return([
        'work_email', 'email_aliases', 'display_name', 'github_login', 'manager_employee_id', 'org_unit_id',
        'line_of_business', 'job_family', 'job_level', 'worker_type', 'country_code', 'country_subdivision_code',
        'site_code', 'legal_entity_code', 'fte_fraction', 'working_weekdays', 'employment_status',
    ]) }}
{% endmacro %}


{# What is known of a person's statements from snapshots that were read before, with types. #}
{% macro worker_statement_columns() %}
    {%- set columns = {'feed': 'varchar', 'employee_id': 'varchar', 'is_refused': 'boolean'} -%}
    {%- for name in worker_attributes() -%}
        {%- do columns.update({name: 'decimal(4, 3)' if name == 'fte_fraction' else 'varchar'}) -%}
    {%- endfor -%}
    {%- do columns.update({'hired_date': 'date', 'terminated_date': 'date'}) -%}
    {{ return(columns) }}
{% endmacro %}


{% macro pseudonym(domain, value) -%}{{ return(adapter.dispatch('pseudonym', 'adoption')(domain, value)) }}{%- endmacro %}

{# The function is registered by orchestration/transformation/dbt_plugin.py; the key never stands in SQL. #}
{% macro duckdb__pseudonym(domain, value) -%}pseudonym_hmac('{{ domain }}', {{ value }}){%- endmacro %}


{# A calendar is a country, with its subdivision where the workforce file gives one. #}
{% macro calendar_code(country, subdivision) -%}
{{ country }} || coalesce('-' || {{ subdivision }}, '')
{%- endmacro %}


{# Versions that begin before the one before them has ended. #}
{% macro overlapping_versions(relation, keys) %}
select *
from (
    select
        {{ keys }},
        versions.valid_from,
        lag({{ span_closed('versions.valid_to') }}) over (partition by {{ keys }} order by versions.valid_from) as previous_valid_to,
    from {{ relation }} as versions
) as compared
where compared.previous_valid_to > compared.valid_from
{% endmacro %}
