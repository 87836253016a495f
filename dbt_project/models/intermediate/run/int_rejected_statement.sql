-- Grain: refused record of the workforce and of the feeds of statements that are read once: its place and the reason.
with known_before as (
    {{ known_before('int_rejected_statement', {
        'feed': 'varchar',
        'delivery_id': 'varchar',
        'record_line': 'bigint',
        'activity_date': 'date',
        'reject_reason': 'varchar',
    }) }}
),

final as (
    select known_before.*
    from known_before
    left join {{ ref('int_changed_list') }} as changed
        on changed.feed = known_before.feed
    where case
        when changed.feed is not null then known_before.activity_date < changed.from_date
        else known_before.feed not in (select anew.feed from {{ ref('int_reread_feed') }} as anew)
            and known_before.delivery_id not in (select unread.delivery_id from {{ ref('int_unread_delivery') }} as unread)
    end
    union all
    select
        'hr/workers' as feed,
        records.delivery_id,
        records.record_line,
        records.snapshot_date as activity_date,
        records.reject_reason,
    from {{ ref('int_worker_snapshot_record') }} as records
    where records.record_status = 'rejected'
    {%- for feed in statement_feeds() %}
    union all
    select
        '{{ feed.source }}/{{ feed.feed }}' as feed,
        records.delivery_id,
        records.record_line,
        records.statement_date as activity_date,
        records.reject_reason,
    from {{ ref(feed.staged) }} as records
    where records.reject_reason is not null
    {%- endfor %}
)

select * from final
