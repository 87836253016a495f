-- Grain: slice. Each is summed up once, however many windows hold it.
with slices as (
    select
        slices.week_start_date,
        slices.slice_from,
        slices.slice_to,
        slices.slice_number,
        bool_or(slices.is_for_everybody) as is_for_everybody,
    from {{ ref('int_window_slice') }} as slices
    group by slices.week_start_date, slices.slice_from, slices.slice_to, slices.slice_number
)

select * from slices
