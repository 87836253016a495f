-- Grain: source x actor kind x actor name x employee or machine x number of links x span. Who goes by a name, and when; `*` is every source
-- or kind. A name that fewer links lead from is the better word for it: none where HR or the list of accounts has it.
with employment as (
    select * from {{ ref('int_employment_span') }}
),

service_accounts as (
    select * from {{ ref('int_service_account_statement') }}
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

-- what HR calls people, as links lead to it
hr_names as (
    select
        stated.actor_kind as name_kind,
        stated.actor_name as name,
        stated.employee_id,
        0 as link_count,
        stated.valid_from,
        stated.valid_to,
    from stated
    where nullif(stated.actor_name, '') is not null
    union all
    select
        'employee_id' as name_kind,
        employment.employee_id as name,
        employment.employee_id,
        0 as link_count,
        employment.valid_from,
        employment.valid_to,
    from employment
),

account_links as (
    select * from {{ ref('int_name_link') }}
    where feed = 'scim/users'
),

other_links as (
    select * from {{ ref('int_name_link') }}
    where feed <> 'scim/users'
),

account_spans as (
    {{ linked_spans('account_links', 'hr_names') }}
),

-- an address that HR does not know may be one the identity provider knows
known_names as (
    select * from hr_names
    union all by name
    select
        account_spans.actor_kind as name_kind,
        account_spans.actor_name as name,
        account_spans.* exclude (source, actor_kind, actor_name),
    from account_spans
),

other_spans as (
    {{ linked_spans('other_links', 'known_names') }}
),

people as (
    select
        '*' as source,
        hr_names.name_kind as actor_kind,
        hr_names.name as actor_name,
        hr_names.employee_id,
        false as is_non_human,
        hr_names.link_count,
        hr_names.valid_from,
        {{ span_closed('hr_names.valid_to') }} as valid_to,
    from hr_names
    where hr_names.name_kind in ('email', 'login')
    union all by name
    select
        account_spans.*,
        false as is_non_human,
    from account_spans
    where account_spans.actor_kind = 'email'
    union all by name
    select
        other_spans.*,
        false as is_non_human,
    from other_spans
),

-- a personal key counts to its owner on the days the owner is employed
personal_keys as (
    select
        service_accounts.account_source as source,
        '*' as actor_kind,
        lower(service_accounts.account_name) as actor_name,
        employment.employee_id,
        false as is_non_human,
        0 as link_count,
        greatest(coalesce(service_accounts.from_date, employment.valid_from), employment.valid_from) as valid_from,
        least(coalesce(service_accounts.to_date + 1, {{ span_end() }}), {{ span_closed('employment.valid_to') }}) as valid_to,
    from service_accounts
    inner join employment
        on employment.employee_id = service_accounts.owner_employee_id
    where service_accounts.account_kind = 'personal_key'
),

machines as (
    select
        service_accounts.account_source as source,
        '*' as actor_kind,
        lower(service_accounts.account_name) as actor_name,
        cast(null as varchar) as employee_id,
        true as is_non_human,
        0 as link_count,
        coalesce(service_accounts.from_date, cast('1900-01-01' as date)) as valid_from,
        coalesce(service_accounts.to_date + 1, {{ span_end() }}) as valid_to,
    from service_accounts
    where service_accounts.account_kind in ('shared', 'automation')
),

combined as (
    select * from people
    union all by name
    select * from personal_keys
    union all by name
    select * from machines
),

final as (
    {{ merged_spans('combined', ['source', 'actor_kind', 'actor_name', 'employee_id', 'is_non_human', 'link_count']) }}
)

select * from final
