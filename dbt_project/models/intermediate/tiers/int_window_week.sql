-- Grain: ISO week that some window of this run holds days of. Whether what was expected of its days is known from the night before,
-- and whether it is kept for the next one.
with weeks as (
    select
        slices.week_start_date,
        bool_or(slices.is_for_everybody) as is_for_everybody,
        bool_or(slices.is_kept) as is_kept,
    from {{ ref('int_scope_slice') }} as slices
    group by slices.week_start_date
),

kept as (
    select distinct kept.week_start_date
    from {{ ref('int_kept_week') }} as kept
),

final as (
    select
        weeks.week_start_date,
        kept.week_start_date is not null as is_known,
        weeks.is_for_everybody and kept.week_start_date is null as is_new_for_everybody,
        weeks.is_kept or kept.week_start_date is not null as is_kept,
    from weeks
    left join kept
        on kept.week_start_date = weeks.week_start_date
)

select * from final
