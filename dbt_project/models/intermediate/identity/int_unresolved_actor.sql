-- Grain: source x feed x activity date x actor kind x actor name, of touched dates. Actors who could not be resolved, how many
-- records they have, and the hash that stands for them.
with records as (
    {% for usage in usage_feeds() -%}
    select
        '{{ usage.source }}' as source,
        '{{ usage.feed }}' as feed,
        records.activity_date,
        records.actor_kind,
        records.actor_name,
        count(*) as record_count,
    from {{ ref('int_' ~ usage.source ~ '__record') }} as records
    where records.record_status = 'unresolved'
    group by records.activity_date, records.actor_kind, records.actor_name
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

names as (
    select distinct
        records.source,
        records.actor_kind,
        records.actor_name,
    from records
),

hashed as (
    select
        names.*,
        {{ pseudonym('actor', "names.source || '/' || names.actor_kind || '/' || coalesce(names.actor_name, '')") }} as actor_hash,
    from names
),

final as (
    select
        records.*,
        hashed.actor_hash,
    from records
    inner join hashed
        on hashed.source = records.source
        and hashed.actor_kind is not distinct from records.actor_kind
        and hashed.actor_name is not distinct from records.actor_name
)

select * from final
