-- Grain: source x feed x activity date x actor kind x actor name, of touched dates. Actors who could not be resolved, how many
-- records they have (none where all were refused or derived), and the hash that stands for them.
with records as (
    select
        records.source,
        records.feed,
        records.activity_date,
        records.actor_kind,
        records.actor_name,
        -- what was derived never landed, but waits for its person like a record
        count(case when records.record_status = 'unresolved' and records.stated_date is null then 1 end) as record_count,
    from {{ ref('int_usage_record') }} as records
    -- of a refused record too: once it is known whose it is, their day is left uncovered
    where records.record_status = 'unresolved'
        or (records.record_status = 'rejected' and records.employee_id is null and records.actor_name is not null)
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
