-- Grain: delivery x date of the feeds of statements that are read once. How many of its records hold by themselves, and how many are refused.
with known_before as (
    {{ known_before('int_statement_tally', {
        'feed': 'varchar',
        'delivery_id': 'varchar',
        'statement_date': 'date',
        'sound_count': 'bigint',
        'refused_count': 'bigint',
    }) }}
),

final as (
    select known_before.*
    from known_before
    where known_before.feed not in (select anew.feed from {{ ref('int_reread_feed') }} as anew)
        and known_before.delivery_id not in (select unread.delivery_id from {{ ref('int_unread_delivery') }} as unread)
    {%- for feed in statement_feeds() %}
    union all
    select
        '{{ feed.source }}/{{ feed.feed }}' as feed,
        records.delivery_id,
        records.statement_date,
        count(case when records.reject_reason is null then 1 end) as sound_count,
        count(records.reject_reason) as refused_count,
    from {{ ref(feed.staged) }} as records
    group by records.delivery_id, records.statement_date
    {%- endfor %}
)

select * from final
