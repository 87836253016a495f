-- Grain: source x actor kind x actor name x activity date, of touched dates. Which one person an actor of usage is, or why nobody.
with actors as (
    {% for usage in usage_feeds() -%}
    select
        '{{ usage.source }}' as source,
        records.actor_kind,
        records.actor_name,
        records.activity_date,
    from {{ ref(usage.staged) }} as records
    where records.actor_name is not null
        and records.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {{ 'union' if not loop.last }}
    {% endfor %}
),

spans as (
    select * from {{ ref('int_actor_span') }}
),

-- e-mails and logins come lower-cased from landing, names of keys as the vendor spells them
exact as (
    select
        actors.*,
        spans.employee_id,
        spans.is_non_human,
    from actors
    inner join spans
        on spans.actor_name = lower(actors.actor_name)
        and spans.valid_from <= actors.activity_date
        and {{ span_closed('spans.valid_to') }} > actors.activity_date
    where (spans.source = '*' and spans.actor_kind = actors.actor_kind)
        or spans.source = actors.source
),

counted as (
    select
        actors.source,
        actors.actor_kind,
        actors.actor_name,
        actors.activity_date,
        count(distinct exact.employee_id) as person_count,
        coalesce(bool_or(exact.is_non_human), false) as is_machine,
        min(exact.employee_id) as employee_id,
    from actors
    left join exact
        on exact.source = actors.source
        and exact.actor_kind = actors.actor_kind
        and exact.actor_name = actors.actor_name
        and exact.activity_date = actors.activity_date
    group by actors.source, actors.actor_kind, actors.actor_name, actors.activity_date
),

-- two candidates are nobody: a guess would be a wrong word about a person
final as (
    select
        counted.source,
        counted.actor_kind,
        counted.actor_name,
        counted.activity_date,
        case when counted.person_count = 1 and not counted.is_machine then counted.employee_id end as employee_id,
        case
            when counted.person_count = 1 and not counted.is_machine then 'accepted'
            when counted.person_count = 0 and counted.is_machine then 'non_human'
            else 'unresolved'
        end as actor_status,
    from counted
)

select * from final
