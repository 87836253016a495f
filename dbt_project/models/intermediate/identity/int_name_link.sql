-- Grain: feed x name x name it leads to x span. What lists of users say of names, and when: as stated from the first snapshot to the last
-- that says so (carried_from is NULL), then carried on to the next, and back to the one before, that says otherwise.
with
{% for name, model in {'users': 'stg_user_list__user', 'accounts': 'stg_scim__user', 'identities': 'stg_github__saml_identity'}.items() -%}
{{ name }} as (
    select ranked.*
    from (
        select
            records.*,
            {{ record_preference() }} as preference,
        from {{ ref(model) }} as records
        where records.reject_reason is null
    ) as ranked
    where ranked.preference = 1
),

{% endfor -%}
account_names as (
    select accounts.record_key, accounts.snapshot_date, 'user_name' as name_kind, accounts.user_name as name from accounts
    union
    select accounts.record_key, accounts.snapshot_date, 'user_name' as name_kind, accounts.external_id as name from accounts
    union
    select accounts.record_key, accounts.snapshot_date, 'email' as name_kind, accounts.user_name as name from accounts
    where accounts.user_name like '%@%'
    union
    select
        listed.record_key,
        listed.snapshot_date,
        'email' as name_kind,
        listed.listed_email.email as name,
    from (
        select accounts.record_key, accounts.snapshot_date, {{ unnested_struct('accounts.emails') }} as listed_email
        from accounts
    ) as listed
),

account_targets as (
    select accounts.record_key, 'employee_id' as name_kind, accounts.employee_number as name from accounts
    union all
    select names.record_key, names.name_kind, names.name from account_names as names
    where names.name_kind = 'email'
),

-- either side may be missing: that a name is listed without the other says that they are not linked
stated as (
    select
        users.source || '/users' as feed,
        users.source as link_source,
        'vendor_id' as actor_kind,
        users.vendor_user_id as actor_name,
        'email' as target_kind,
        users.email as target_name,
        users.snapshot_date,
    from users
    union
    select
        'scim/users' as feed,
        '*' as link_source,
        names.name_kind as actor_kind,
        names.name as actor_name,
        targets.name_kind as target_kind,
        targets.name as target_name,
        names.snapshot_date,
    from account_names as names
    inner join account_targets as targets
        on targets.record_key = names.record_key
        and (targets.name_kind <> names.name_kind or targets.name <> names.name)
    union
    select
        'github/saml_identities' as feed,
        '*' as link_source,
        'login' as actor_kind,
        identities.login as actor_name,
        case when identities.name_id like '%@%' then 'email' else 'employee_id' end as target_kind,
        case when identities.name_id like '%@%' then lower(identities.name_id) else identities.name_id end as target_name,
        identities.snapshot_date,
    from identities
    union
    select
        'github/saml_identities' as feed,
        '*' as link_source,
        'login' as actor_kind,
        identities.login as actor_name,
        'user_name' as target_kind,
        lower(identities.name_id) as target_name,
        identities.snapshot_date,
    from identities
),

-- an id of a vendor passes to nobody, whoever else has its address and also while it is listed without one; of a login or an account
-- both sides may move
mentioned as (
    select stated.feed, stated.actor_kind as name_kind, stated.actor_name as name, stated.snapshot_date from stated
    where stated.actor_kind <> 'vendor_id' or stated.target_name is not null
    union
    select stated.feed, stated.target_kind as name_kind, stated.target_name as name, stated.snapshot_date from stated
    where stated.actor_kind <> 'vendor_id'
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
        stated.snapshot_date is not null as is_stated,
    from judged_dates
    left join stated
        on stated.feed = judged_dates.feed
        and stated.actor_kind = judged_dates.actor_kind
        and stated.actor_name = judged_dates.actor_name
        and stated.target_kind = judged_dates.target_kind
        and stated.target_name = judged_dates.target_name
        and stated.snapshot_date = judged_dates.snapshot_date
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
snapshots as (
    select
        dates.feed,
        dates.snapshot_date,
        lag(dates.snapshot_date) over (partition by dates.feed order by dates.snapshot_date) as previous_date,
    from (
        select distinct stated.feed, stated.snapshot_date
        from stated
        where stated.actor_kind <> 'vendor_id'
    ) as dates
),

bounded as (
    select
        runs.*,
        greatest(lag(runs.last_date) over link_history, snapshots.previous_date) as denied_before,
        lead(runs.first_date) over link_history as denied_after,
    from runs
    left join snapshots
        on snapshots.feed = runs.feed
        and snapshots.snapshot_date = runs.first_date
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
