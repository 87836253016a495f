-- Grain: scope x employee with access or use. The first grant and the first use in the data, and what the data can say of the
-- time before. Only touched dates are read, and all dates of those whose first one may be gone.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

touched as (
    select * from {{ ref('int_touched_date') }}
),

scope_modes as (
    select
        scope_modes.scope_code,
        tool_modes.tool_id,
        tool_modes.mode_code,
    from {{ ref('scope_modes') }} as scope_modes
    inner join {{ ref('tool_modes') }} as tool_modes
        on tool_modes.mode_code = scope_modes.mode_code
    union
    -- a scope of one tool counts all its modes
    select
        scopes.scope_code,
        tool_modes.tool_id,
        tool_modes.mode_code,
    from {{ ref('scopes') }} as scopes
    inner join {{ ref('tool_modes') }} as tool_modes
        on tool_modes.tool_id = scopes.tool_id
),

-- use does not depend on the policy: one policy of each scope tells it
known_before as (
    select
        milestones.scope_code,
        milestones.employee_key,
        milestones.first_used_date,
        milestones.first_used_tool_id,
    from {{ ref('int_previous_milestone') }} as milestones
    inner join (
        select scopes.scope_code, min(scopes.policy_id) as policy_id
        from {{ ref('tier_policy_scopes') }} as scopes
        group by scopes.scope_code
    ) as one_policy
        on one_policy.policy_id = milestones.policy_id
        and one_policy.scope_code = milestones.scope_code
    cross join run_window
    where milestones.first_used_date is not null
        and not run_window.is_full_rebuild
),

used_before as (
    select
        known_before.*,
        touched.activity_date is not null as is_open_again,
    from known_before
    left join touched
        on touched.activity_date = known_before.first_used_date
),

open_again as (
    select
        used_before.employee_key,
        min(used_before.first_used_date) as from_date,
    from used_before
    where used_before.is_open_again
    group by used_before.employee_key
),

-- before a first use there was none, so only what came after it can take its place
read_dates as (
    select
        dates.activity_date,
        bool_or(dates.is_touched) as is_touched,
    from (
        select touched.activity_date, true as is_touched from touched
        union all
        select
            {{ date_rows('earliest.from_date', 'run_window.as_of_date', 'activity_date') }},
            false as is_touched,
        from (select min(open_again.from_date) as from_date from open_again) as earliest
        cross join run_window
        where earliest.from_date is not null
    ) as dates
    group by dates.activity_date
),

read_uses as (
    select
        facts.employee_key,
        facts.tool_id,
        facts.mode_code,
        min(facts.activity_date) as first_used_date,
    from {{ ref('fct_employee_tool_mode_daily') }} as facts
    inner join read_dates
        on read_dates.activity_date = facts.activity_date
    left join open_again
        on open_again.employee_key = facts.employee_key
    where facts.is_active
        and (read_dates.is_touched or open_again.employee_key is not null)
    group by facts.employee_key, facts.tool_id, facts.mode_code
),

candidates as (
    select
        used_before.scope_code,
        used_before.employee_key,
        used_before.first_used_tool_id as tool_id,
        used_before.first_used_date,
    from used_before
    where not used_before.is_open_again
    union all
    select
        scope_modes.scope_code,
        read_uses.employee_key,
        read_uses.tool_id,
        read_uses.first_used_date,
    from read_uses
    inner join scope_modes
        on scope_modes.tool_id = read_uses.tool_id
        and scope_modes.mode_code = read_uses.mode_code
),

-- the least of date and tool together: of several tools on the first day, the first by name
earliest as (
    select
        candidates.scope_code,
        candidates.employee_key,
        min(cast(candidates.first_used_date as varchar) || candidates.tool_id) as date_and_tool,
    from candidates
    group by candidates.scope_code, candidates.employee_key
),

first_used as (
    select
        earliest.scope_code,
        earliest.employee_key,
        cast(substr(earliest.date_and_tool, 1, 10) as date) as first_used_date,
        substr(earliest.date_and_tool, 11) as first_used_tool_id,
    from earliest
),

-- a tool's data begins when each feed it needs has begun
covered_feeds as (
    select
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        min(coverage.activity_date) as covered_from,
    from {{ ref('int_tool_feed') }} as feeds
    left join {{ ref('feed_coverage') }} as coverage
        on coverage.source = feeds.source
        and coverage.feed = feeds.feed
    group by feeds.tool_id, feeds.source, feeds.feed
),

-- a feed that covers no day at all leaves everything before its facts open
tool_starts as (
    select
        covered_feeds.tool_id,
        max({{ span_closed('covered_feeds.covered_from') }}) as data_from_date,
    from covered_feeds
    group by covered_feeds.tool_id
),

granted as (
    select
        tools.scope_code,
        access.employee_key,
        access.first_granted_date,
        access.first_granted_date < tool_starts.data_from_date as is_before_data,
    from {{ ref('dim_employee_tool') }} as access
    inner join (select distinct scope_modes.scope_code, scope_modes.tool_id from scope_modes) as tools
        on tools.tool_id = access.tool_id
    inner join tool_starts
        on tool_starts.tool_id = access.tool_id
    where access.first_granted_date is not null
),

first_granted as (
    select
        granted.scope_code,
        granted.employee_key,
        min(granted.first_granted_date) as first_granted_date,
        -- of the tools granted by the first use: with one of them, use before its data is possible
        bool_or(granted.is_before_data and granted.first_granted_date <= first_used.first_used_date) as is_unseen_use_possible,
    from granted
    left join first_used
        on first_used.scope_code = granted.scope_code
        and first_used.employee_key = granted.employee_key
    group by granted.scope_code, granted.employee_key
),

final as (
    select
        coalesce(first_used.scope_code, first_granted.scope_code) as scope_code,
        coalesce(first_used.employee_key, first_granted.employee_key) as employee_key,
        first_granted.first_granted_date,
        first_used.first_used_date,
        first_used.first_used_tool_id,
        -- use in the first four weeks of a tool's data may well have begun before them
        coalesce(first_used.first_used_date < tool_starts.data_from_date + 28, false) as is_left_censored,
        coalesce(first_granted.is_unseen_use_possible, false) as is_unseen_use_possible,
    from first_used
    left join tool_starts
        on tool_starts.tool_id = first_used.first_used_tool_id
    full outer join first_granted
        on first_granted.scope_code = first_used.scope_code
        and first_granted.employee_key = first_used.employee_key
)

select * from final
