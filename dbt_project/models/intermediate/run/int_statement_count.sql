-- Grain: source x feed x activity date x status. Where the records of feeds that are no usage went, those of snapshots and deliveries read by
-- a run before among them.
with known_before as (
    {{ known_before('int_statement_count', {
        'source': 'varchar',
        'feed': 'varchar',
        'activity_date': 'date',
        'record_status': 'varchar',
        'record_count': 'bigint',
    }) }}
),

tallies as (
    select
        tallies.feed,
        tallies.statement_date,
        sum(tallies.sound_count) as sound_count,
        sum(tallies.refused_count) as refused_count,
    from {{ ref('int_statement_tally') }} as tallies
    group by tallies.feed, tallies.statement_date
),

in_effect as (
    {%- for feed in statement_feeds() if feed.in_effect %}
    select
        '{{ feed.source }}/{{ feed.feed }}' as feed,
        statements.statement_date,
        count(*) as record_count,
    from {{ ref(feed.in_effect) }} as statements
    group by statements.statement_date
    union all
    {%- endfor %}
    -- a leave file is a statement of its day and is accepted as such; only the latest one is in force
    select
        tallies.feed,
        tallies.statement_date,
        tallies.sound_count as record_count,
    from tallies
    where tallies.feed = 'hr/leave'
),

-- what is sound and not in effect is superseded
stated as (
    select
        tallies.feed,
        tallies.statement_date,
        coalesce(in_effect.record_count, 0) as accepted_count,
        tallies.sound_count - coalesce(in_effect.record_count, 0) as duplicate_count,
        tallies.refused_count as rejected_count,
    from tallies
    left join in_effect
        on in_effect.feed = tallies.feed
        and in_effect.statement_date is not distinct from tallies.statement_date
),

final as (
    select known_before.*
    from known_before
    inner join {{ ref('int_changed_list') }} as changed
        on changed.feed = known_before.source || '/' || known_before.feed
        and changed.from_date > known_before.activity_date
    union all
    select
        records.source,
        records.feed,
        records.activity_date,
        records.record_status,
        count(*) as record_count,
    from {{ ref('int_statement_record') }} as records
    group by records.source, records.feed, records.activity_date, records.record_status
    {%- for status in ['accepted', 'duplicate', 'rejected'] %}
    union all
    select
        split_part(stated.feed, '/', 1) as source,
        split_part(stated.feed, '/', 2) as feed,
        stated.statement_date as activity_date,
        '{{ status }}' as record_status,
        stated.{{ status }}_count as record_count,
    from stated
    where stated.{{ status }}_count > 0
    {%- endfor %}
)

select * from final
