{#- Only deliveries with refused records are opened; of a record its place and the reason are kept, never the line. -#}
{%- set feeds = [('hr', 'org_units'), ('governance', 'agreements')] -%}
{%- for usage in usage_feeds() -%}{%- do feeds.append((usage.source, usage.feed)) -%}{%- endfor -%}
with refused as (
    {% for source_name, feed in feeds -%}
    {%- set paths = rejected_paths(source_name, feed) -%}
    select
        records.delivery_id,
        records.record_line,
        records.activity_date,
        records.reject_reason,
    from {% if paths %}{{ read_parquet_files(paths) }}{% else %}{{ source('landing', source_name ~ '__' ~ feed) }}{% endif %} as records
    where records.reject_reason is not null
    union all
    {% endfor -%}
    select
        records.delivery_id,
        records.record_line,
        records.activity_date,
        records.reject_reason,
    from {{ ref('int_rejected_statement') }} as records
    union all
    select
        records.delivery_id,
        records.record_line,
        records.statement_date as activity_date,
        records.reject_reason,
    from {{ ref('int_tier_cutoff_record') }} as records
    where records.record_status = 'rejected'
),

final as (
    select
        deliveries.source,
        deliveries.feed,
        refused.delivery_id,
        deliveries.file_path,
        refused.record_line,
        refused.activity_date,
        refused.reject_reason,
    from refused
    inner join {{ source('run', 'delivery') }} as deliveries
        on deliveries.delivery_id = refused.delivery_id
    cross join {{ source('run', 'run_window') }} as run_window
    where refused.activity_date is null or refused.activity_date <= run_window.as_of_date
)

select * from final
