-- Grain: policy x scope x employee x as-of date. The pending delivery that most directly bears on a restated tier: usage of its window
-- before what else became known of the person, then new cut-offs; of several the newest.
with pending as (
    select
        deliveries.delivery_id,
        deliveries.rank_at,
        deliveries.ledger_order,
        case
            when deliveries.source = 'hr' and deliveries.feed in ('leave', 'rota') then deliveries.feed
            when deliveries.source = 'hr' then 'workforce'
            when deliveries.source = 'access' then 'access'
            when deliveries.source = 'identity' then 'identity'
            when deliveries.source || '/' || deliveries.feed in ({{ name_link_feeds() }}) then 'identity'
            when deliveries.source = 'governance' then 'agreement'
            when deliveries.source = 'tiers' then 'cutoffs'
            else 'usage'
        end as cause_kind,
        -- only use that counts for a tool can change a tier of everybody's
        counting.feed is not null as is_counting,
        coalesce(dates.first_date, deliveries.covers_from) - coalesce(deliveries.reaches_back_days, 0) as first_date,
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
    left join (
        select distinct feeds.source, feeds.feed
        from {{ ref('int_tool_measure_feed') }} as feeds
    ) as counting
        on counting.source = deliveries.source
        and counting.feed = deliveries.feed
    where deliveries.is_pending
),

restated as (
    select * from {{ ref('int_tier_restated') }}
),

by_window as (
    select
        due.policy_id,
        due.as_of_date,
        pending.delivery_id,
        row_number() over (
            partition by due.policy_id, due.as_of_date
            order by pending.rank_at desc, pending.ledger_order desc
        ) as preference,
    from {{ ref('int_tier_due') }} as due
    inner join pending
        on pending.cause_kind = 'usage'
        and pending.is_counting
        and pending.first_date <= due.window_to
        and pending.last_date >= due.window_from
    where due.evaluation_kind = 'daily'
        and due.is_for_everybody
),

-- usage that bears on no window of everybody's may show of one person that they could not be seen
kinds as (
    select
        case when pending.cause_kind = 'usage' then 'visibility' else pending.cause_kind end as cause_kind,
        pending.delivery_id,
        pending.rank_at,
        pending.ledger_order,
    from pending
),

newest as (
    select
        kinds.cause_kind,
        kinds.delivery_id,
        row_number() over (
            partition by kinds.cause_kind
            order by kinds.rank_at desc, kinds.ledger_order desc
        ) as preference,
    from kinds
),

-- names come with the workforce as well as with the list of accounts
by_person as (
    select
        restated.policy_id,
        restated.scope_code,
        restated.employee_key,
        restated.as_of_date,
        newest.cause_kind,
        newest.delivery_id,
        row_number() over (
            partition by restated.policy_id, restated.scope_code, restated.employee_key, restated.as_of_date
            order by
                case newest.cause_kind
                    when 'leave' then 1
                    when 'rota' then 2
                    when 'workforce' then 3
                    when 'access' then 4
                    when 'identity' then 5
                    when 'agreement' then 6
                    else 7
                end
        ) as preference,
    from restated
    inner join {{ ref('int_touched_person') }} as touched
        on touched.employee_key in (restated.employee_key, '*')
        and touched.from_date <= restated.as_of_date
    inner join newest
        on newest.preference = 1
        and (
            newest.cause_kind = touched.input_kind
            or (touched.input_kind = 'identity' and newest.cause_kind = 'workforce')
        )
),

by_cutoff as (
    select
        changed.policy_id,
        changed.policy_version,
        changed.from_date,
        newest.delivery_id,
    from {{ ref('int_touched_cutoff') }} as changed
    inner join newest
        on newest.cause_kind = 'cutoffs'
        and newest.preference = 1
),

final as (
    select
        restated.policy_id,
        restated.scope_code,
        restated.employee_key,
        restated.as_of_date,
        -- no delivery at all: a withdrawal, or a changed rule or mapping
        case
            when by_window.delivery_id is not null then 'usage'
            when by_person.delivery_id is not null then by_person.cause_kind
            when by_cutoff.delivery_id is not null then 'cutoffs'
            else 'rule_or_withdrawal'
        end as cause_kind,
        coalesce(by_window.delivery_id, by_person.delivery_id, by_cutoff.delivery_id) as cause_delivery_id,
    from restated
    left join by_window
        on by_window.policy_id = restated.policy_id
        and by_window.as_of_date = restated.as_of_date
        and by_window.preference = 1
        and restated.is_for_everybody
    left join by_person
        on by_person.policy_id = restated.policy_id
        and by_person.scope_code = restated.scope_code
        and by_person.employee_key = restated.employee_key
        and by_person.as_of_date = restated.as_of_date
        and by_person.preference = 1
    left join by_cutoff
        on by_cutoff.policy_id = restated.policy_id
        and by_cutoff.policy_version = restated.policy_version
        and by_cutoff.from_date <= restated.as_of_date
)

select * from final
