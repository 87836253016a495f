-- Grain: employee x span of dates with the same working time. What a rota says of the days it names; of several deliveries the latest.
with days as (
    select
        statements.employee_id,
        cast(statements.day_fraction * 1000 as integer) as rota_thousandths,
        statements.work_date as valid_from,
        statements.work_date + 1 as valid_to,
    from {{ ref('int_rota_statement') }} as statements
),

final as (
    {{ merged_spans('days', ['employee_id', 'rota_thousandths']) }}
)

select * from final
