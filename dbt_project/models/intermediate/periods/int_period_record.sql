-- Grain: source x feed x record in effect of a period that holds a touched date. What a feed sums up from a first to a last day: per
-- record key the highest delivery wins, within a delivery the last record.
{%- set columns = [] -%}
{%- for usage in period_feeds() -%}
    {%- for name in usage.fields if name not in columns -%}{%- do columns.append(name) -%}{%- endfor -%}
{%- endfor %}
with records as (
    {% for usage in period_feeds() -%}
    select
        '{{ usage.source }}' as source,
        '{{ usage.feed }}' as feed,
        records.actor_kind,
        records.actor_name,
        records.activity_date as from_date,
        records.period_end_date as to_date,
        records.rank_at,
        {% for name in columns -%}
        cast({{ 'records.' ~ name if name in usage.fields else 'null' }} as {{ usage_field_type(name) }}) as {{ name }},
        {% endfor -%}
        {{ record_preference() }} as preference,
    from {{ ref(usage.staged) }} as records
    where records.reject_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- what was exported before the period was over sums up a part of it
stated as (
    select records.* exclude (rank_at, preference)
    from records
    where records.preference = 1
        and records.to_date < records.from_date + {{ longest_period_days() }}
        and records.rank_at >= records.to_date + 1
),

periods as (
    select distinct
        stated.source,
        stated.feed,
        stated.from_date,
        stated.to_date,
    from stated
),

touched_periods as (
    select distinct periods.*
    from periods
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date between periods.from_date and periods.to_date
),

final as (
    select stated.*
    from stated
    inner join touched_periods
        on touched_periods.source = stated.source
        and touched_periods.feed = stated.feed
        and touched_periods.from_date = stated.from_date
        and touched_periods.to_date = stated.to_date
)

select * from final
