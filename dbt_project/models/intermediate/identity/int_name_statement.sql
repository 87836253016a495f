-- Grain: feed x name x name it leads to x snapshot date, of the snapshots from which on lists changed. What lists of users say of names;
-- either of the two may be missing.
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

-- that a name is listed without the other says that they are not linked
final as (
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
)

select * from final
