-- The pending delivery that most directly bears on a restated as-of date: usage before workforce records, then the newest.
with pending as (
    select
        deliveries.delivery_id,
        deliveries.source,
        deliveries.feed,
        deliveries.rank_at,
        deliveries.ledger_order,
        coalesce(dates.first_date, deliveries.covers_from) as first_date,
        coalesce(dates.last_date, deliveries.covers_to) as last_date,
    from {{ source('run', 'delivery') }} as deliveries
    left join (
        select
            delivery_dates.delivery_id,
            min(delivery_dates.activity_date) as first_date,
            max(delivery_dates.activity_date) as last_date,
        from {{ source('run', 'delivery_date') }} as delivery_dates
        group by delivery_dates.delivery_id
    ) as dates
        on dates.delivery_id = deliveries.delivery_id
    where deliveries.is_pending
),

kinds as (
    select
        pending.*,
        case
            when pending.source = 'hr' and pending.feed = 'leave' then 'leave'
            when pending.source = 'hr' then 'workforce'
            when pending.source = 'access' then 'access'
            when pending.source = 'identity' then 'identity'
            when pending.source = 'governance' then 'agreement'
            else 'usage'
        end as cause_kind,
    from pending
),

candidates as (
    select
        touched.as_of_date,
        kinds.delivery_id,
        kinds.cause_kind,
        row_number() over (
            partition by touched.as_of_date
            order by
                case when kinds.cause_kind = 'usage' then 0 else 1 end,
                kinds.rank_at desc,
                kinds.ledger_order desc
        ) as preference,
    from {{ ref('int_touched_as_of_date') }} as touched
    inner join kinds
        on kinds.cause_kind <> 'usage'
        or (
            kinds.first_date <= touched.as_of_date
            and kinds.last_date >= touched.as_of_date - (
                select max(policies.window_days + policies.settle_days - 1)
                from {{ ref('tier_policies') }} as policies
            )
        )
),

final as (
    select
        touched.as_of_date,
        -- no delivery at all: a withdrawal, or a changed rule or mapping
        coalesce(candidates.cause_kind, 'rule_or_withdrawal') as cause_kind,
        candidates.delivery_id as cause_delivery_id,
    from {{ ref('int_touched_as_of_date') }} as touched
    left join candidates
        on candidates.as_of_date = touched.as_of_date
        and candidates.preference = 1
)

select * from final
