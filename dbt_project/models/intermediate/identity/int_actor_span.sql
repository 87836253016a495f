-- Grain: source x actor kind x actor name x employee or machine x span. Who goes by a name, and when; `*` is every source or kind.
with employment as (
    select * from {{ ref('int_employment_span') }}
),

service_accounts as (
    select
        records.*,
        row_number() over (
            partition by records.record_key
            order by records.rank_at desc, records.ledger_order desc, records.record_line desc
        ) as preference,
    from {{ ref('stg_identity__service_account') }} as records
    where records.reject_reason is null
),

stated as (
    select
        'email' as actor_kind,
        employment.work_email as actor_name,
        employment.employee_id,
        employment.valid_from,
        employment.valid_to,
    from employment
    union all
    select
        'email' as actor_kind,
        trim({{ split_text('employment.email_aliases', ';') }}) as actor_name,
        employment.employee_id,
        employment.valid_from,
        employment.valid_to,
    from employment
    where employment.email_aliases is not null
    union all
    select
        'login' as actor_kind,
        employment.github_login as actor_name,
        employment.employee_id,
        employment.valid_from,
        employment.valid_to,
    from employment
),

people as (
    select
        '*' as source,
        stated.actor_kind,
        stated.actor_name,
        stated.employee_id,
        false as is_non_human,
        stated.valid_from,
        {{ span_closed('stated.valid_to') }} as valid_to,
    from stated
    where nullif(stated.actor_name, '') is not null
),

-- a personal key counts to its owner on the days the owner is employed
personal_keys as (
    select
        service_accounts.account_source as source,
        '*' as actor_kind,
        lower(service_accounts.account_name) as actor_name,
        employment.employee_id,
        false as is_non_human,
        greatest(coalesce(service_accounts.from_date, employment.valid_from), employment.valid_from) as valid_from,
        least(coalesce(service_accounts.to_date + 1, {{ span_end() }}), {{ span_closed('employment.valid_to') }}) as valid_to,
    from service_accounts
    inner join employment
        on employment.employee_id = service_accounts.owner_employee_id
    where service_accounts.preference = 1
        and service_accounts.account_kind = 'personal_key'
),

machines as (
    select
        service_accounts.account_source as source,
        '*' as actor_kind,
        lower(service_accounts.account_name) as actor_name,
        cast(null as varchar) as employee_id,
        true as is_non_human,
        coalesce(service_accounts.from_date, cast('1900-01-01' as date)) as valid_from,
        coalesce(service_accounts.to_date + 1, {{ span_end() }}) as valid_to,
    from service_accounts
    where service_accounts.preference = 1
        and service_accounts.account_kind in ('shared', 'automation')
),

combined as (
    select * from people
    union all by name
    select * from personal_keys
    union all by name
    select * from machines
),

final as (
    {{ merged_spans('combined', ['source', 'actor_kind', 'actor_name', 'employee_id', 'is_non_human']) }}
)

select * from final
