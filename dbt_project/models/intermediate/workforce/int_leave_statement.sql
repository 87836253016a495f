-- Grain: record of the latest leave delivery, of those that were not refused.
{%- set statement = {
    'delivery_id': 'varchar',
    'record_line': 'bigint',
    'employee_id': 'varchar',
    'start_date': 'date',
    'end_date': 'date',
    'day_fraction': 'decimal(4, 3)',
} %}
with known_before as (
    {{ known_before('int_leave_statement', statement) }}
),

-- each delivery is a full statement, an empty one too: only the latest one counts
latest_statement as (
    select deliveries.delivery_id
    from {{ source('run', 'delivery') }} as deliveries
    where deliveries.source = 'hr'
        and deliveries.feed = 'leave'
        and deliveries.delivery_status = 'landed'
    order by
        coalesce(deliveries.covers_from, cast(deliveries.rank_at as date)) desc,
        deliveries.rank_at desc,
        deliveries.ledger_order desc
    limit 1
),

stated as (
    select known_before.*
    from known_before
    where known_before.delivery_id not in (select unread.delivery_id from {{ ref('int_unread_delivery') }} as unread)
    union all
    select
        {%- for name in statement %}
        records.{{ name }},
        {%- endfor %}
    from {{ ref('stg_hr__leave') }} as records
    where records.reject_reason is null
),

final as (
    select stated.*
    from stated
    inner join latest_statement
        on latest_statement.delivery_id = stated.delivery_id
)

select * from final
