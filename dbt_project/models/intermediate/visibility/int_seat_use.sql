-- Grain: employee x source x feed x activity date x stated date, where either is touched. When the holder of a seat used it last, as a
-- snapshot of seats states it.
{%- set snapshots = usage_feeds() | selectattr('looks_back', 'defined') | list %}
with records as (
    {% for usage in snapshots -%}
    select
        '{{ usage.source }}' as source,
        '{{ usage.feed }}' as feed,
        records.actor_kind,
        records.actor_name,
        records.activity_date as stated_date,
        records.last_activity_date as activity_date,
        records.route_code,
        {{ record_preference() }} as preference,
    from {{ ref(usage.staged) }} as records
    where records.reject_reason is null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

touched as (
    select * from {{ ref('int_touched_date') }}
),

-- a snapshot knows nothing of the days after it
stated as (
    select records.*
    from records
    where records.preference = 1
        and records.activity_date <= records.stated_date
        and (
            records.stated_date in (select touched.activity_date from touched)
            or records.activity_date in (select touched.activity_date from touched)
        )
),

resolved as (
    select
        stated.*,
        actors.employee_id,
    from stated
    inner join {{ ref('int_actor_resolution') }} as actors
        on actors.source = stated.source
        and actors.actor_kind = stated.actor_kind
        and actors.actor_name = stated.actor_name
        and actors.activity_date = stated.stated_date
    where actors.actor_status = 'accepted'
),

-- the name may have been another's on the day of the use
final as (
    select
        resolved.employee_id,
        resolved.source,
        resolved.feed,
        resolved.activity_date,
        resolved.stated_date,
        string_agg(distinct resolved.route_code, ', ' order by resolved.route_code) as routes_text,
    from resolved
    left join {{ ref('int_actor_span') }} as others
        on others.actor_name = lower(resolved.actor_name)
        and others.actor_kind in (resolved.actor_kind, '*')
        and others.source in (resolved.source, '*')
        and others.employee_id is distinct from resolved.employee_id
        and others.valid_from <= resolved.activity_date
        and {{ span_closed('others.valid_to') }} > resolved.activity_date
    where others.actor_name is null
    group by resolved.employee_id, resolved.source, resolved.feed, resolved.activity_date, resolved.stated_date
)

select * from final
