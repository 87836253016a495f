-- Grain: source x feed x activity date x actor kind x actor name, of touched dates. Actors who could not be resolved, how many
-- records they have, and the hash that stands for them.
with records as (
    select
        records.source,
        records.feed,
        records.activity_date,
        records.actor_kind,
        records.actor_name,
        count(*) as record_count,
    from {{ ref('int_usage_record') }} as records
    where records.record_status = 'unresolved'
    group by records.source, records.feed, records.activity_date, records.actor_kind, records.actor_name
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
