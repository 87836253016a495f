-- Grain: policy version x evaluation kind x as-of date. Which tiers this run evaluates, over which window, and whether for everybody.
-- Numbered, as are the windows and what is counted alike over one window. A policy version says the same of one window whatever the
-- as-of date, unless other cut-offs hold: who is the same on all its dates is evaluated once, under the first of their numbers.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

policies as (
    select * from {{ ref('tier_policies') }}
),

as_of_dates as (
    select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'as_of_date') }}
    from run_window
),

-- a policy version speaks for the as-of dates of its own period
in_force as (
    select
        policies.*,
        'daily' as evaluation_kind,
        as_of_dates.as_of_date,
        as_of_dates.as_of_date as published_on,
        as_of_dates.as_of_date - policies.settle_days as settled_date,
        false as is_asked_for,
    from as_of_dates
    inner join policies
        on policies.effective_from <= as_of_dates.as_of_date
        and {{ span_closed('policies.effective_to') }} > as_of_dates.as_of_date
),

-- the weekly row of a policy that counts in weeks looks at that very week, once it has settled
weekly as (
    select
        in_force.* replace (
            'weekly' as evaluation_kind,
            in_force.as_of_date + in_force.settle_days as published_on,
            in_force.as_of_date as settled_date
        ),
    from in_force
    cross join run_window
    where in_force.window_unit = 'week'
        and {{ iso_weekday('in_force.as_of_date') }} = 7
        and in_force.as_of_date + in_force.settle_days <= run_window.as_of_date
),

-- on a date on which its version holds, what is asked for may be due anyway: one row all the same
asked_for as (
    select
        policies.*,
        'daily' as evaluation_kind,
        asked.as_of_date,
        asked.as_of_date as published_on,
        asked.as_of_date - policies.settle_days as settled_date,
        true as is_asked_for,
    from {{ source('run', 'tier_evaluation') }} as asked
    inner join policies
        on policies.policy_id = asked.policy_id
        and policies.policy_version = asked.policy_version
),

evaluations as (
    select * from in_force
    union all by name
    select * from weekly
    union all by name
    select * from asked_for
),

ending as (
    select
        evaluations.*,
        case
            when evaluations.window_unit = 'week'
                then evaluations.settled_date - cast({{ iso_weekday('evaluations.settled_date') }} % 7 as integer)
            else evaluations.settled_date
        end as window_to,
    from evaluations
),

windows as (
    select
        ending.*,
        ending.window_to - ending.window_length * case when ending.window_unit = 'week' then 7 else 1 end + 1 as window_from,
    from ending
),

-- usage and coverage touch everybody whose window holds the date
touched_windows as (
    select distinct
        bounds.window_from,
        bounds.window_to,
    from (select distinct windows.window_from, windows.window_to from windows) as bounds
    inner join {{ ref('int_touched_use_date') }} as touched
        on touched.activity_date between bounds.window_from and bounds.window_to
),

touched_people as (
    select
        min(case when people.employee_key = '*' then people.from_date end) as everybody_from,
        min(people.from_date) as anybody_from,
    from {{ ref('int_touched_person') }} as people
),

-- windows of whole weeks are the same for seven nights: what was published last holds on for whom nothing else changed
published_windows as (
    select
        windows.policy_id,
        windows.policy_version,
        windows.window_from,
        windows.window_to,
    from windows
    inner join run_window
        on run_window.previous_as_of_date = windows.as_of_date
    where windows.evaluation_kind = 'daily'
        and not windows.is_asked_for
),

decided as (
    select
        windows.*,
        windows.is_asked_for
            or run_window.is_full_rebuild
            or run_window.previous_as_of_date is null
            or (
                windows.published_on > run_window.previous_as_of_date
                and (windows.evaluation_kind = 'weekly' or published_windows.policy_id is null)
            )
            -- the evidence of the default policy is written whole for the date that is published
            or (windows.is_default and windows.published_on = run_window.as_of_date)
            or windows.as_of_date < run_window.previous_first_date
            or touched_windows.window_from is not null
            or coalesce(new_cutoffs.from_date <= windows.as_of_date, false)
            or coalesce(touched_people.everybody_from <= windows.as_of_date, false) as is_for_everybody,
        coalesce(touched_people.anybody_from <= windows.as_of_date, false) as is_for_somebody,
    from windows
    cross join run_window
    cross join touched_people
    left join touched_windows
        on touched_windows.window_from = windows.window_from
        and touched_windows.window_to = windows.window_to
    left join {{ ref('int_touched_cutoff') }} as new_cutoffs
        on new_cutoffs.policy_id = windows.policy_id
        and new_cutoffs.policy_version = windows.policy_version
    left join published_windows
        on published_windows.policy_id = windows.policy_id
        and published_windows.policy_version = windows.policy_version
        and published_windows.window_from = windows.window_from
        and published_windows.window_to = windows.window_to
),

grouped as (
    select
        decided.policy_id,
        decided.policy_version,
        decided.evaluation_kind,
        decided.as_of_date,
        decided.window_from,
        decided.window_to,
        bool_or(decided.is_for_everybody) as is_for_everybody,
    from decided
    where decided.is_for_everybody
        or decided.is_for_somebody
    group by
        decided.policy_id,
        decided.policy_version,
        decided.evaluation_kind,
        decided.as_of_date,
        decided.window_from,
        decided.window_to
),

-- on two dates with as many turns of cut-offs before them the same cut-offs hold
cutoff_turns as (
    select cutoffs.policy_id, cutoffs.policy_version, cutoffs.valid_from as turn_date from {{ ref('int_tier_cutoff') }} as cutoffs
    union
    select cutoffs.policy_id, cutoffs.policy_version, cutoffs.valid_to as turn_date from {{ ref('int_tier_cutoff') }} as cutoffs
),

numbered as (
    select
        cast(row_number() over (
            order by grouped.policy_id, grouped.policy_version, grouped.evaluation_kind, grouped.as_of_date
        ) as integer) as due_number,
        cast(dense_rank() over (order by grouped.window_from, grouped.window_to) as integer) as window_number,
        cast(dense_rank() over (
            order by
                grouped.window_from,
                grouped.window_to,
                policies.measure_code,
                policies.active_week_minimum,
                policies.off_days_stand_in
        ) as integer) as count_number,
        (
            select count(*)
            from cutoff_turns
            where cutoff_turns.policy_id = grouped.policy_id
                and cutoff_turns.policy_version = grouped.policy_version
                and cutoff_turns.turn_date <= grouped.as_of_date
        ) as turn_count,
        grouped.*,
    from grouped
    inner join policies
        on policies.policy_id = grouped.policy_id
        and policies.policy_version = grouped.policy_version
),

final as (
    select
        numbered.* exclude (turn_count),
        {% for column in ['min(numbered.due_number)', 'min(numbered.as_of_date)', 'max(numbered.as_of_date)'] -%}
        {{ column }} over (
            partition by
                numbered.policy_id,
                numbered.policy_version,
                numbered.window_number,
                numbered.is_for_everybody,
                numbered.turn_count
        ) as {{ ['evaluated_number', 'first_as_of_date', 'last_as_of_date'][loop.index0] }},
        {% endfor -%}
    from numbered
)

select * from final
