-- Grain: scope x slice. The slices that some window of the scope holds; which of them are known from the night before, and which
-- are kept for the next one: whole weeks worked out for everybody, within the data and the reach of the windows to come.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

reach as (
    {{ window_reach() }}
),

slices as (
    select
        scopes.scope_number,
        slices.week_start_date,
        slices.slice_from,
        slices.slice_to,
        slices.slice_number,
        bool_or(slices.is_for_everybody) as is_for_everybody,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = due.policy_id
    inner join (
        select distinct scopes.scope_code, scopes.scope_number from {{ ref('int_scope_tool_mode') }} as scopes
    ) as scopes
        on scopes.scope_code = policy_scopes.scope_code
    inner join {{ ref('int_window_slice') }} as slices
        on slices.window_number = due.window_number
    group by
        scopes.scope_number,
        slices.week_start_date,
        slices.slice_from,
        slices.slice_to,
        slices.slice_number
),

joined as (
    select
        slices.*,
        slices.slice_to = slices.slice_from + 6 as is_whole_week,
        kept.week_start_date is not null and slices.slice_to = slices.slice_from + 6 as is_known,
    from slices
    left join {{ ref('int_kept_week') }} as kept
        on kept.scope_number = slices.scope_number
        and kept.week_start_date = slices.week_start_date
),

final as (
    select
        joined.scope_number,
        joined.week_start_date,
        joined.slice_from,
        joined.slice_to,
        joined.slice_number,
        joined.is_for_everybody,
        joined.is_known,
        joined.is_for_everybody and not joined.is_known as is_new_for_everybody,
        joined.is_known
            or (
                joined.is_whole_week
                and joined.is_for_everybody
                and joined.week_start_date >= run_window.first_date
                and joined.week_start_date >= run_window.as_of_date - reach.reach_days
            ) as is_kept,
    from joined
    cross join run_window
    cross join reach
)

select * from final
