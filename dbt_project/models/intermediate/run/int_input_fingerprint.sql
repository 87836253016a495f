-- Grain: activity date x input kind. What is known besides usage of every date from the first to the as-of date, as a number that
-- differs where it differs.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

access_feed as (
    select count(*) > 0 as is_stated
    from {{ ref('int_statement_tally') }}
    where feed = 'access/entitlements'
),

spans as (
    select
        'employment' as input_kind,
        {{ row_fingerprint([
            'employment.employee_id', 'employment.org_unit_id', 'employment.line_of_business', 'employment.country_code',
            'employment.country_subdivision_code', 'employment.fte_fraction', 'employment.working_weekdays',
            'employment.hired_date',
        ]) }} as fingerprint,
        employment.valid_from,
        employment.valid_to,
    from {{ ref('int_employment_span') }} as employment
    union all
    select
        'agreement' as input_kind,
        {{ row_fingerprint(['included.employee_id']) }} as fingerprint,
        included.valid_from,
        included.valid_to,
    from {{ ref('int_included_span') }} as included
    union all
    select
        'leave' as input_kind,
        {{ row_fingerprint(['leave.employee_id', 'leave.leave_thousandths']) }} as fingerprint,
        leave.valid_from,
        leave.valid_to,
    from {{ ref('int_leave_span') }} as leave
    union all
    select
        'rota' as input_kind,
        {{ row_fingerprint(['rota.employee_id', 'rota.rota_thousandths']) }} as fingerprint,
        rota.valid_from,
        rota.valid_to,
    from {{ ref('int_rota_span') }} as rota
    union all
    select
        'entitlement' as input_kind,
        {{ row_fingerprint(['entitlements.employee_id', 'entitlements.tool_id']) }} as fingerprint,
        entitlements.valid_from,
        entitlements.valid_to,
    from {{ ref('int_entitlement_span') }} as entitlements
    union all
    -- the first entitlement file changes everybody: without one all count as granted
    select
        'entitlement' as input_kind,
        cast(1 as hugeint) as fingerprint,
        cast('1900-01-01' as date) as valid_from,
        cast(null as date) as valid_to,
    from access_feed
    where access_feed.is_stated
    union all
    -- and so does a tool that comes into use while all count as granted
    select
        'entitlement' as input_kind,
        {{ row_fingerprint(['feeds.tool_id', 'feeds.source', 'feeds.feed']) }} as fingerprint,
        feeds.valid_from,
        feeds.valid_to,
    from {{ ref('int_tool_feed') }} as feeds
    cross join access_feed
    where not access_feed.is_stated
    union all
    select
        'identity' as input_kind,
        {{ row_fingerprint(['actors.source', 'actors.actor_kind', 'actors.actor_name', 'actors.employee_id', 'actors.is_non_human']) }} as fingerprint,
        actors.valid_from,
        actors.valid_to,
    from {{ ref('int_actor_span') }} as actors
    -- what lists lead to reaches back as far as people do, and touches dates by itself: int_touched_name
    where actors.link_count = 0
),

-- a date's fingerprint is the sum over the spans that hold on it: what starts is added, what ends taken away
changes as (
    select
        spans.input_kind,
        greatest(spans.valid_from, run_window.first_date) as activity_date,
        spans.fingerprint as change,
    from spans
    cross join run_window
    where {{ span_closed('spans.valid_to') }} > run_window.first_date
    union all
    select
        spans.input_kind,
        spans.valid_to as activity_date,
        -spans.fingerprint as change,
    from spans
    cross join run_window
    where spans.valid_to > run_window.first_date
    union all
    select
        kinds.input_kind,
        dates.activity_date,
        cast(0 as hugeint) as change,
    from (select distinct spans.input_kind from spans) as kinds
    cross join (
        select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'activity_date') }}
        from run_window
    ) as dates
),

daily as (
    select
        changes.input_kind,
        changes.activity_date,
        sum(sum(changes.change)) over (
            partition by changes.input_kind
            order by changes.activity_date
            rows between unbounded preceding and current row
        ) as fingerprint,
    from changes
    group by changes.input_kind, changes.activity_date
),

final as (
    select
        daily.activity_date,
        daily.input_kind,
        cast(daily.fingerprint as varchar) as fingerprint,
    from daily
    cross join run_window
    where daily.activity_date between run_window.first_date and run_window.as_of_date
)

select * from final
