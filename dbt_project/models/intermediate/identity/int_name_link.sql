-- Grain: feed x name x name it leads to x span. What lists of users say of names, and when: as stated from the first snapshot to the last
-- that says so (carried_from is NULL), then carried on to the next, and back to the one before, that says otherwise.
with stated as (
    select * from {{ ref('int_name_statement_span') }}
),

snapshots as (
    select * from {{ ref('int_stated_list') }}
),

-- an id of a vendor passes to nobody, whoever else has its address and also while it is listed without one; of a login or an account
-- both sides may move
listed as (
    select stated.feed, stated.actor_kind as name_kind, stated.actor_name as name, stated.from_date, stated.to_date from stated
    where stated.actor_kind <> 'vendor_id' or stated.target_name is not null
    union
    select stated.feed, stated.target_kind as name_kind, stated.target_name as name, stated.from_date, stated.to_date from stated
    where stated.actor_kind <> 'vendor_id'
),

-- what is said of a name turns only where a span begins or ends, so no other snapshot needs to be looked at: the first and the last of the
-- span, the one before it and the one after
bounds as (
    select listed.feed, listed.name_kind, listed.name, listed.from_date as snapshot_date from listed
    union
    select listed.feed, listed.name_kind, listed.name, listed.to_date as snapshot_date from listed
),

neighbours as (
    select bounds.feed, bounds.name_kind, bounds.name, snapshots.previous_date as snapshot_date
    from bounds
    inner join snapshots
        on snapshots.feed = bounds.feed
        and snapshots.snapshot_date = bounds.snapshot_date
    union
    select bounds.feed, bounds.name_kind, bounds.name, snapshots.next_date as snapshot_date
    from bounds
    inner join snapshots
        on snapshots.feed = bounds.feed
        and snapshots.snapshot_date = bounds.snapshot_date
),

mentioned as (
    select * from bounds
    union
    select neighbours.*
    from neighbours
    inner join listed
        on listed.feed = neighbours.feed
        and listed.name_kind = neighbours.name_kind
        and listed.name = neighbours.name
        and neighbours.snapshot_date between listed.from_date and listed.to_date
),

pairs as (
    select distinct
        stated.feed,
        stated.link_source,
        stated.actor_kind,
        stated.actor_name,
        stated.target_kind,
        stated.target_name,
    from stated
    where stated.actor_name is not null
        and stated.target_name is not null
),

judged_dates as (
    select pairs.*, mentioned.snapshot_date
    from pairs
    inner join mentioned
        on mentioned.feed = pairs.feed
        and mentioned.name_kind = pairs.actor_kind
        and mentioned.name = pairs.actor_name
    union
    select pairs.*, mentioned.snapshot_date
    from pairs
    inner join mentioned
        on mentioned.feed = pairs.feed
        and mentioned.name_kind = pairs.target_kind
        and mentioned.name = pairs.target_name
),

judged as (
    select
        judged_dates.*,
        stated.feed is not null as is_stated,
    from judged_dates
    left join stated
        on stated.feed = judged_dates.feed
        and stated.actor_kind = judged_dates.actor_kind
        and stated.actor_name = judged_dates.actor_name
        and stated.target_kind = judged_dates.target_kind
        and stated.target_name = judged_dates.target_name
        and judged_dates.snapshot_date between stated.from_date and stated.to_date
),

turned as (
    select
        judged.*,
        case when judged.is_stated is distinct from lag(judged.is_stated) over link_history then 1 else 0 end as is_turn,
    from judged
    window link_history as (
        partition by judged.feed, judged.actor_kind, judged.actor_name, judged.target_kind, judged.target_name
        order by judged.snapshot_date
    )
),

numbered as (
    select
        turned.*,
        sum(turned.is_turn) over (
            partition by turned.feed, turned.actor_kind, turned.actor_name, turned.target_kind, turned.target_name
            order by turned.snapshot_date
            rows between unbounded preceding and current row
        ) as run_number,
    from turned
),

runs as (
    select
        numbered.feed,
        numbered.link_source,
        numbered.actor_kind,
        numbered.actor_name,
        numbered.target_kind,
        numbered.target_name,
        numbered.is_stated,
        min(numbered.snapshot_date) as first_date,
        max(numbered.snapshot_date) as last_date,
    from numbered
    group by
        numbered.feed,
        numbered.link_source,
        numbered.actor_kind,
        numbered.actor_name,
        numbered.target_kind,
        numbered.target_name,
        numbered.is_stated,
        numbered.run_number
),

-- whoever had a login or an address before may have been in no list: it reaches back to the snapshot before, never past one
bounded as (
    select
        runs.*,
        greatest(lag(runs.last_date) over link_history, snapshots.previous_date) as denied_before,
        lead(runs.first_date) over link_history as denied_after,
    from runs
    left join snapshots
        on snapshots.feed = runs.feed
        and snapshots.snapshot_date = runs.first_date
        and runs.actor_kind <> 'vendor_id'
    window link_history as (
        partition by runs.feed, runs.actor_kind, runs.actor_name, runs.target_kind, runs.target_name
        order by runs.first_date
    )
),

spans as (
    select
        bounded.*,
        cast(null as date) as carried_from,
        bounded.first_date as valid_from,
        bounded.last_date + 1 as valid_to,
    from bounded
    where bounded.is_stated
    union all
    select
        bounded.*,
        bounded.last_date as carried_from,
        bounded.last_date + 1 as valid_from,
        {{ span_closed('bounded.denied_after') }} as valid_to,
    from bounded
    where bounded.is_stated
    union all
    select
        bounded.*,
        bounded.first_date as carried_from,
        coalesce(bounded.denied_before + 1, cast('1900-01-01' as date)) as valid_from,
        bounded.first_date as valid_to,
    from bounded
    where bounded.is_stated
),

final as (
    select
        spans.feed,
        spans.link_source,
        spans.actor_kind,
        spans.actor_name,
        spans.target_kind,
        spans.target_name,
        1 as link_weight,
        spans.carried_from,
        spans.valid_from,
        {{ span_open('spans.valid_to') }} as valid_to,
    from spans
    where spans.valid_from < spans.valid_to
    union all
    -- an address with a plus part leads to the one without it where nobody has it as it stands
    select
        spans.feed,
        spans.link_source,
        spans.actor_kind,
        spans.actor_name,
        spans.target_kind,
        {{ without_plus_part('spans.target_name') }} as target_name,
        4 as link_weight,
        spans.carried_from,
        spans.valid_from,
        {{ span_open('spans.valid_to') }} as valid_to,
    from spans
    where spans.valid_from < spans.valid_to
        and spans.target_kind = 'email'
        and {{ without_plus_part('spans.target_name') }} is not null
)

select * from final
