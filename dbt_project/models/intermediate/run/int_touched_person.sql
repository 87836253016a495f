-- Grain: employee x kind. The earliest date from which something other than usage is known otherwise than in the generation before, or, as was
-- known before, is otherwise than on the date published last; `*` is everybody.
with reach as (
    {{ window_reach() }}
),

-- windows of the first dates look at days before the data begins
run_window as (
    select
        run_window.*,
        run_window.first_date - cast(reach.reach_days as integer) as first_looked_at_date,
    from {{ source('run', 'run_window') }} as run_window
    cross join reach
),

now_known as (
    select * from {{ ref('int_person_input_span') }}
),

known_before as (
    {{ published_before('ops', 'person_input_span', {
        'employee_key': 'varchar',
        'input_kind': 'varchar',
        'fingerprint': 'varchar',
        'valid_from': 'date',
        'valid_to': 'date',
    }, database='identity') }}
),

-- spans that are in both cancel out before anything is compared date by date
different as (
    (select now_known.employee_key, now_known.input_kind, now_known.fingerprint, now_known.valid_from, now_known.valid_to, 1 as sign from now_known
    except all
    select known_before.employee_key, known_before.input_kind, known_before.fingerprint, known_before.valid_from, known_before.valid_to, 1 as sign from known_before)
    union all
    (select known_before.employee_key, known_before.input_kind, known_before.fingerprint, known_before.valid_from, known_before.valid_to, -1 as sign from known_before
    except all
    select now_known.employee_key, now_known.input_kind, now_known.fingerprint, now_known.valid_from, now_known.valid_to, -1 as sign from now_known)
),

changes as (
    select
        different.employee_key,
        different.input_kind,
        greatest(different.valid_from, run_window.first_looked_at_date) as change_date,
        different.sign * cast(different.fingerprint as hugeint) as change,
    from different
    cross join run_window
    where {{ span_closed('different.valid_to') }} > run_window.first_looked_at_date
    union all
    select
        different.employee_key,
        different.input_kind,
        different.valid_to as change_date,
        -different.sign * cast(different.fingerprint as hugeint) as change,
    from different
    cross join run_window
    where different.valid_to > run_window.first_looked_at_date
),

standing as (
    select
        changes.employee_key,
        changes.input_kind,
        changes.change_date,
        sum(sum(changes.change)) over (
            partition by changes.employee_key, changes.input_kind
            order by changes.change_date
            rows between unbounded preceding and current row
        ) as difference,
    from changes
    group by changes.employee_key, changes.input_kind, changes.change_date
),

-- the first entitlement file changes everybody, and so does its withdrawal: without one all count as granted
access_before as (
    {{ published_before('ops', 'load_file', {'source': 'varchar', 'feed': 'varchar', 'delivery_status': 'varchar'}) }}
),

access_feed as (
    select
        (
            select count(*) > 0
            from {{ source('run', 'delivery') }} as deliveries
            where deliveries.source = 'access'
                and deliveries.feed = 'entitlements'
        ) as is_stated,
        (
            select count(*) > 0
            from access_before
            where access_before.source = 'access'
                and access_before.feed = 'entitlements'
                and access_before.delivery_status <> 'frozen'
        ) as was_stated,
),

-- and so does a tool that comes into use, or is no longer, while all count as granted
tools_before as (
    {{ published_before('ops', 'tool_feed', {'tool_id': 'varchar', 'source': 'varchar', 'feed': 'varchar'}) }}
),

tools_now as (
    select feeds.tool_id, feeds.source, feeds.feed from {{ ref('int_tool_feed') }} as feeds
),

changed_tools as (
    (select tools_now.tool_id, tools_now.source, tools_now.feed from tools_now
    except
    select tools_before.tool_id, tools_before.source, tools_before.feed from tools_before)
    union all
    (select tools_before.tool_id, tools_before.source, tools_before.feed from tools_before
    except
    select tools_now.tool_id, tools_now.source, tools_now.feed from tools_now)
),

-- employment, pattern and agreement are looked at on the as-of date itself, whatever the window
turning as (
    select
        bounds.employee_key,
        bounds.input_kind,
        bounds.from_date,
    from (
        select now_known.employee_key, now_known.input_kind, now_known.valid_from as from_date from now_known
        union all
        select now_known.employee_key, now_known.input_kind, now_known.valid_to as from_date from now_known
    ) as bounds
    cross join run_window
    where bounds.input_kind in ('workforce', 'agreement')
        and bounds.from_date > run_window.previous_as_of_date
        and bounds.from_date <= run_window.as_of_date
),

touched as (
    select
        standing.employee_key,
        standing.input_kind,
        greatest(standing.change_date, run_window.first_date) as from_date,
    from standing
    cross join run_window
    where standing.difference <> 0
        and standing.change_date <= run_window.as_of_date
    union all
    select * from turning
    union all
    select
        keys.employee_key,
        'identity' as input_kind,
        names.from_date,
    from {{ ref('int_touched_name') }} as names
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = names.employee_id
        and keys.is_ever_included
),

final as (
    select
        touched.employee_key,
        touched.input_kind,
        min(touched.from_date) as from_date,
    from touched
    group by touched.employee_key, touched.input_kind
    union all
    select
        '*' as employee_key,
        'access' as input_kind,
        run_window.first_date as from_date,
    from access_feed
    cross join run_window
    where access_feed.is_stated <> access_feed.was_stated
        or (not access_feed.is_stated and exists (select 1 from changed_tools))
)

select * from final
