-- Grain: window x slice. A slice is what a window holds of one ISO week; whole weeks are shared between windows. Slices are numbered here.
with windows as (
    select
        due.window_number,
        due.window_from,
        due.window_to,
        bool_or(due.is_for_everybody) as is_for_everybody,
    from {{ ref('int_tier_due') }} as due
    group by due.window_number, due.window_from, due.window_to
),

bounds as (
    select
        {{ week_start('min(windows.window_from)') }} as first_week,
        max(windows.window_to) as last_date,
    from windows
),

weeks as (
    select dates.week_start_date
    from (
        select {{ date_rows('bounds.first_week', 'bounds.last_date', 'week_start_date') }}
        from bounds
    ) as dates
    where {{ iso_weekday('dates.week_start_date') }} = 1
),

cut as (
    select
        windows.window_number,
        windows.window_from,
        windows.window_to,
        weeks.week_start_date,
        greatest(weeks.week_start_date, windows.window_from) as slice_from,
        least(weeks.week_start_date + 6, windows.window_to) as slice_to,
        windows.is_for_everybody,
    from windows
    inner join weeks
        on weeks.week_start_date <= windows.window_to
        and weeks.week_start_date + 6 >= windows.window_from
),

final as (
    select
        cut.*,
        cast(dense_rank() over (order by cut.slice_from, cut.slice_to) as integer) as slice_number,
    from cut
)

select * from final
