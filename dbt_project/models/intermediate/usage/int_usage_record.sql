-- Grain: landed record of usage of a touched date, or one derived from it for a date it bears on. Where it went, exactly one of rejected, duplicate, unresolved, non_human and
-- accepted, and whose it is: per record key the highest delivery wins, within a delivery the last record.
{%- set attributes = usage_attributes() -%}
{%- set columns = usage_columns() -%}
{#- the name was somebody else's, or perhaps was, when the use was stated: the account may not be that of who has the name on the date -#}
{%- set is_anothers = "coalesce(stating_actors.person_count > 1 or stating_actors.employee_id <> actors.employee_id, false)" %}
with touched as (
    select * from {{ ref('int_touched_date') }}
),

records as (
    {% for usage in usage_feeds() -%}
    {%- set own_columns = usage.fields + usage.get('flags', {}).keys() | list -%}
    select
        '{{ usage.source }}' as source,
        '{{ usage.feed }}' as feed,
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date,
        records.reject_reason,
        records.actor_kind,
        records.actor_name,
        case
            when records.reject_reason is null then row_number() over (
                -- rejected records compete only among themselves: one must not displace a good record
                partition by case when records.reject_reason is null then records.record_key end, records.reject_reason is null
                -- of several snapshots that state the same use, the one nearest to its day says best whose it was
                order by {{ 'records.stated_date, ' if 'stated_date' in usage.attributes }}records.rank_at desc, records.ledger_order desc, records.record_line desc
            )
        end as preference,
        {% for name, type in attributes.items() -%}
        cast({{ 'records.' ~ name if name in usage.attributes else 'null' }} as {{ type }}) as {{ name }},
        {% endfor -%}
        {% for name, type in columns.items() -%}
        cast({{ 'records.' ~ name if name in own_columns else 'null' }} as {{ type }}) as {{ name }},
        {% endfor %}
    from {{ ref(usage.staged) }} as records
    where records.activity_date in (select touched.activity_date from touched)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        records.* exclude (preference),
        case
            when records.reject_reason is not null then 'rejected'
            when records.preference > 1 then 'duplicate'
            when {{ is_anothers }} then 'unresolved'
            else coalesce(actors.actor_status, 'unresolved')
        end as record_status,
        -- of a rejected record too: its person's day is left uncovered
        case when not {{ is_anothers }} then actors.employee_id end as employee_id,
    from records
    left join {{ ref('int_actor_resolution') }} as actors
        on actors.source = records.source
        and actors.actor_kind = records.actor_kind
        and actors.actor_name = records.actor_name
        and actors.activity_date = records.activity_date
    left join {{ ref('int_actor_resolution') }} as stating_actors
        on stating_actors.source = records.source
        and stating_actors.actor_kind = records.actor_kind
        and stating_actors.actor_name = records.actor_name
        and stating_actors.activity_date = records.stated_date
)

select * from final
