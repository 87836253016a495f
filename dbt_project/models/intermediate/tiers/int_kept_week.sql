-- Grain: scope x ISO week. Weeks worked out on a night before and still true, save for people of whom something changed. As with tiers,
-- usage and coverage touch everybody, anything else those it concerns (int_touched_person).
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

-- an edited policy that is tried out may come with scopes that hold something else
asked_for as (
    select count(*) > 0 as is_anything
    from {{ source('run', 'tier_evaluation') }} as asked
),

touched_people as (
    select
        count(*) > 0 as is_anybody,
        coalesce(bool_or(touched.employee_key = '*'), false) as is_everybody,
    from {{ ref('int_touched_person') }} as touched
),

reach as (
    {{ window_reach() }}
),

known_before as (
    {{ published_before('ops', 'person_week_use', {'scope_number': 'integer', 'week_start_date': 'date'}) }}
),

weeks as (
    select distinct
        known_before.scope_number,
        known_before.week_start_date,
    from known_before
),

windows as (
    select distinct
        scopes.scope_number,
        due.window_from,
        due.window_to,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = due.policy_id
    inner join {{ ref('int_scope_tool_mode') }} as scopes
        on scopes.scope_code = policy_scopes.scope_code
),

final as (
    select
        weeks.scope_number,
        weeks.week_start_date,
    from weeks
    cross join run_window
    cross join asked_for
    cross join touched_people
    cross join reach
    where not run_window.is_full_rebuild
        and not asked_for.is_anything
        and not touched_people.is_everybody
        and weeks.week_start_date >= run_window.first_date
        and weeks.week_start_date >= run_window.as_of_date - reach.reach_days
        and not exists (
            select 1
            from {{ ref('int_touched_use_date') }} as touched
            where touched.activity_date between weeks.week_start_date and weeks.week_start_date + 6
        )
        -- who was touched is worked out anew in the windows of this run: a week that none of them holds would keep what was known
        and (
            not touched_people.is_anybody
            or exists (
                select 1
                from windows
                where windows.scope_number = weeks.scope_number
                    and windows.window_from <= weeks.week_start_date
                    and windows.window_to >= weeks.week_start_date + 6
            )
        )
)

select * from final
