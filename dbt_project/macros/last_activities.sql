{# The applications whose date of last activity Microsoft 365 Copilot states by name. #}
{% macro listed_applications() %}
    {{ return(['chat', 'teams', 'word', 'excel', 'powerpoint', 'outlook', 'onenote', 'loop']) }}
{% endmacro %}


{#
    One row per snapshot, person, application and date of its last activity within the reach of the snapshot, of landed records with their rank.
    A date further back was stated by the snapshots before; one after its own snapshot cannot be.
#}
{% macro last_activities(records) %}
    {%- set date_columns = [] -%}
    {%- for application in listed_applications() -%}{%- do date_columns.append(application ~ '_last_activity_date') -%}{%- endfor %}
    select
        stated.*,
        replace(stated.date_column, '_last_activity_date', '') as application,
    from (
        select
            snapshots.*,
            {{ unpivoted('snapshots', date_columns, 'date_column', 'used_date', 'date') }},
        from {{ holding_snapshots(records) }} as snapshots
        union all
        -- the last activity of all: what no application accounts for was in one that the report does not list
        select
            snapshots.*,
            'other_last_activity_date' as date_column,
            snapshots.last_activity_date as used_date,
        from {{ holding_snapshots(records) }} as snapshots
        where snapshots.last_activity_date not in (
            {%- for column in date_columns %}coalesce(snapshots.{{ column }}, cast('0001-01-01' as date)){{ ', ' if not loop.last }}{% endfor -%}
        )
    ) as stated
    where stated.used_date between stated.activity_date - stated.reaches_back_days and stated.activity_date
{% endmacro %}


{# Of several records of one person and date the others are superseded; a date that is not built yet states nothing. #}
{% macro holding_snapshots(records) -%}
(
            select ranked.* exclude (preference)
            from (
                select
                    records.*,
                    row_number() over (
                        partition by records.activity_date, records.actor_kind, records.actor_name
                        order by records.rank_at desc, records.ledger_order desc, records.record_line desc
                    ) as preference,
                from {{ records }} as records
                cross join {{ source('run', 'run_window') }} as run_window
                where records.reject_reason is null
                    and records.activity_date <= run_window.as_of_date
            ) as ranked
            where ranked.preference = 1
        )
{%- endmacro %}
