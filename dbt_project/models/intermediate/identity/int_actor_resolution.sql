-- Grain: source x actor kind x actor name x activity date, of touched dates, of later ones for snapshots that look back, of those
-- that state use of one, and of the first day of a period that holds one. Which one person an actor of usage is, or why nobody.
with actors as (
    {% for usage in usage_feeds() -%}
    select
        '{{ usage.source }}' as source,
        records.actor_kind,
        records.actor_name,
        records.activity_date,
    from {{ ref(usage.staged) }} as records
    where records.actor_name is not null
        {%- if not usage.get('looks_back') %}
        and records.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
        {%- endif %}
    {% if 'stated_date' in usage.get('attributes', []) -%}
    union
    select
        '{{ usage.source }}' as source,
        records.actor_kind,
        records.actor_name,
        records.stated_date as activity_date,
    from {{ ref(usage.staged) }} as records
    where records.stated_date is not null
        and records.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {% endif -%}
    {% if usage.get('sums_periods') -%}
    union
    select
        '{{ usage.source }}' as source,
        records.actor_kind,
        records.actor_name,
        records.from_date as activity_date,
    from {{ ref('int_period_record') }} as records
    where records.actor_name is not null
        and records.source = '{{ usage.source }}'
        and records.feed = '{{ usage.feed }}'
    {% endif -%}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

spans as (
    select * from {{ ref('int_actor_span') }}
),

-- e-mails and logins come lower-cased from landing, names of keys as the vendor spells them; ids of vendors are told apart by case
lookups as (
    select
        actors.*,
        actors.actor_kind as looked_up_kind,
        case when actors.actor_kind = 'vendor_id' then actors.actor_name else lower(actors.actor_name) end as looked_up_name,
        false as is_plus_part_left_out,
    from actors
    where actors.actor_kind <> 'upn_hash'
    union all
    select
        actors.*,
        '*' as looked_up_kind,
        lower(actors.actor_name) as looked_up_name,
        false as is_plus_part_left_out,
    from actors
    where actors.actor_kind <> 'upn_hash'
    union all
    select
        actors.*,
        actors.actor_kind as looked_up_kind,
        {{ without_plus_part('lower(actors.actor_name)') }} as looked_up_name,
        true as is_plus_part_left_out,
    from actors
    where actors.actor_kind = 'email'
        and {{ without_plus_part('lower(actors.actor_name)') }} is not null
),

matched as (
    select
        lookups.source,
        lookups.actor_kind,
        lookups.actor_name,
        lookups.activity_date,
        lookups.is_plus_part_left_out,
        spans.employee_id,
        spans.is_non_human,
        spans.link_count,
    from lookups
    inner join spans
        on spans.actor_kind = lookups.looked_up_kind
        and spans.actor_name = lookups.looked_up_name
        and spans.valid_from <= lookups.activity_date
        and {{ span_closed('spans.valid_to') }} > lookups.activity_date
    where spans.source in ('*', lookups.source)
),

-- an address that somebody has as it stands is theirs, plus part and all; of people the fewest links decide
nearest as (
    select
        compared.*,
        compared.is_non_human or compared.link_count = compared.fewest_links as is_heard,
    from (
        select
            matched.*,
            min(case when not matched.is_non_human then matched.link_count end) over (
                partition by matched.source, matched.actor_kind, matched.actor_name, matched.activity_date, matched.is_plus_part_left_out
            ) as fewest_links,
            bool_or(not matched.is_plus_part_left_out) over (
                partition by matched.source, matched.actor_kind, matched.actor_name, matched.activity_date
            ) as is_somebodys_as_it_stands,
        from matched
    ) as compared
    where not (compared.is_plus_part_left_out and compared.is_somebodys_as_it_stands)
),

counted as (
    select
        actors.source,
        actors.actor_kind,
        actors.actor_name,
        actors.activity_date,
        count(distinct case when nearest.is_heard then nearest.employee_id end) as person_count,
        coalesce(bool_or(nearest.is_non_human), false) as is_machine,
        min(case when nearest.is_heard then nearest.employee_id end) as employee_id,
    from actors
    left join nearest
        on nearest.source = actors.source
        and nearest.actor_kind = actors.actor_kind
        and nearest.actor_name = actors.actor_name
        and nearest.activity_date = actors.activity_date
    group by actors.source, actors.actor_kind, actors.actor_name, actors.activity_date
),

-- two candidates are nobody: a guess would be a wrong word about a person
final as (
    select
        counted.source,
        counted.actor_kind,
        counted.actor_name,
        counted.activity_date,
        counted.person_count,
        case when counted.person_count = 1 and not counted.is_machine then counted.employee_id end as employee_id,
        case
            when counted.person_count = 1 and not counted.is_machine then 'accepted'
            when counted.person_count = 0 and counted.is_machine then 'non_human'
            else 'unresolved'
        end as actor_status,
    from counted
)

select * from final
