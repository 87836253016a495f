{#
    Where each landed usage record went, exactly one of: rejected, duplicate, unresolved, non_human, accepted.
    Per record key the highest delivery wins, within a delivery the last record. employee_id is set where accepted.
#}
{% macro classified_usage_records(staged, source_name) %}
with records as (
    select * from {{ staged }}
    where activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
),

ranked as (
    select
        records.*,
        case
            when records.reject_reason is not null then null
            else row_number() over (
                -- rejected records compete only among themselves: one must not displace a good record
                partition by case when records.reject_reason is null then records.record_key end, records.reject_reason is null
                order by records.rank_at desc, records.ledger_order desc, records.record_line desc
            )
        end as preference,
    from records
),

actors as (
    select
        resolution.actor_kind,
        resolution.actor_name,
        resolution.activity_date,
        resolution.employee_id,
        resolution.actor_status,
    from {{ ref('int_actor_resolution') }} as resolution
    where resolution.source = '{{ source_name }}'
),

final as (
    select
        ranked.* exclude (preference),
        '{{ source_name }}' as source,
        case
            when ranked.reject_reason is not null then 'rejected'
            when ranked.preference > 1 then 'duplicate'
            else coalesce(actors.actor_status, 'unresolved')
        end as record_status,
        -- of a rejected record too: its person's day is left uncovered
        actors.employee_id,
    from ranked
    left join actors
        on actors.actor_kind = ranked.actor_kind
        and actors.actor_name = ranked.actor_name
        and actors.activity_date = ranked.activity_date
)

select * from final
{% endmacro %}
