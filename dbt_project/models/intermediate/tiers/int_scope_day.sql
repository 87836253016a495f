-- Grain: scope x date on which a tool of the scope is in use. Scopes in use on the same dates share a day set, and so the sums over expected days.
with slice_dates as (
    select distinct dates.activity_date
    from (
        select {{ date_rows('slices.slice_from', 'slices.slice_to', 'activity_date') }}
        from {{ ref('int_slice') }} as slices
    ) as dates
),

scope_days as (
    select distinct
        scopes.scope_code,
        scopes.scope_number,
        tool_days.activity_date,
    from {{ ref('int_scope_tool_mode') }} as scopes
    inner join {{ ref('int_tool_day') }} as tool_days
        on tool_days.tool_id = scopes.tool_id
    inner join slice_dates
        on slice_dates.activity_date = tool_days.activity_date
),

day_sets as (
    select
        listed.scope_code,
        dense_rank() over (order by listed.dates) as day_set_number,
    from (
        select
            scope_days.scope_code,
            string_agg(cast(scope_days.activity_date as varchar), ',' order by scope_days.activity_date) as dates,
        from scope_days
        group by scope_days.scope_code
    ) as listed
),

final as (
    select
        scope_days.scope_code,
        scope_days.scope_number,
        scope_days.activity_date,
        cast(day_sets.day_set_number as integer) as day_set_number,
    from scope_days
    inner join day_sets
        on day_sets.scope_code = scope_days.scope_code
)

select * from final
