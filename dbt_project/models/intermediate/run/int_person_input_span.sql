-- Grain: employee x kind x span. What decides a person's tiers besides usage and coverage, as numbers that differ where it differs.
with keys as (
    select * from {{ ref('int_employee_key') }}
    where is_ever_included
),

-- names that only lists lead to touch people by themselves: int_touched_name
actors as (
    select * from {{ ref('int_actor_span') }}
    where link_count = 0
),

-- an address with a plus part is a claim on the one without it too
rivals as (
    select
        actors.*,
        actors.actor_name as claimed_name,
    from actors
    union all
    select
        actors.*,
        {{ without_plus_part('actors.actor_name') }} as claimed_name,
    from actors
    where actors.actor_kind in ('email', '*')
        and {{ without_plus_part('actors.actor_name') }} is not null
),

spans as (
    select
        patterns.employee_id,
        'workforce' as input_kind,
        {{ row_fingerprint([
            'patterns.calendar_code', 'patterns.working_weekdays', 'patterns.patternless_thousandths', 'patterns.hired_date',
            'patterns.line_of_business',
        ]) }} as fingerprint,
        patterns.valid_from,
        patterns.valid_to,
    from {{ ref('int_working_pattern') }} as patterns
    union all
    select
        included.employee_id,
        'agreement' as input_kind,
        cast(1 as hugeint) as fingerprint,
        included.valid_from,
        included.valid_to,
    from {{ ref('int_included_span') }} as included
    union all
    select
        leave.employee_id,
        'leave' as input_kind,
        cast(leave.leave_thousandths as hugeint) as fingerprint,
        leave.valid_from,
        leave.valid_to,
    from {{ ref('int_leave_span') }} as leave
    union all
    select
        rota.employee_id,
        'rota' as input_kind,
        cast(rota.rota_thousandths as hugeint) as fingerprint,
        rota.valid_from,
        rota.valid_to,
    from {{ ref('int_rota_span') }} as rota
    union all
    select
        entitlements.employee_id,
        'access' as input_kind,
        {{ row_fingerprint(['entitlements.tool_id']) }} as fingerprint,
        entitlements.valid_from,
        entitlements.valid_to,
    from {{ ref('int_entitlement_span') }} as entitlements
    union all
    -- whoever else claims a name, a person or a machine, decides as well whose it is
    select distinct
        actors.employee_id,
        'identity' as input_kind,
        {{ row_fingerprint(['rivals.source', 'rivals.actor_kind', 'rivals.actor_name', 'rivals.employee_id', 'rivals.is_non_human']) }} as fingerprint,
        rivals.valid_from,
        rivals.valid_to,
    from actors
    inner join rivals
        on rivals.claimed_name = actors.actor_name
    where actors.employee_id is not null
),

final as (
    select
        keys.employee_key,
        spans.input_kind,
        cast(spans.fingerprint as varchar) as fingerprint,
        spans.valid_from,
        spans.valid_to,
    from spans
    inner join keys
        on keys.employee_id = spans.employee_id
    union all
    -- on which days the absence of a row says nothing
    select
        invisible.employee_key,
        'visibility' as input_kind,
        cast({{ row_fingerprint(['invisible.tool_id']) }} as varchar) as fingerprint,
        invisible.valid_from,
        invisible.valid_to,
    from {{ ref('int_invisible_span') }} as invisible
    inner join keys
        on keys.employee_key = invisible.employee_key
)

select * from final
