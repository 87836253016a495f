-- Grain: scope x slice. The slices that some window of the scope holds.
with final as (
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
)

select * from final
