-- Grain: employee x span of dates with the same working time. What a rota says of the days it names; of several deliveries the latest.
with records as (
    select
        records.*,
        {{ record_preference() }} as preference,
    from {{ ref('stg_hr__rota') }} as records
    where records.reject_reason is null
),

days as (
    select
        records.employee_id,
        cast(records.day_fraction * 1000 as integer) as rota_thousandths,
        records.work_date as valid_from,
        records.work_date + 1 as valid_to,
    from records
    where records.preference = 1
),

final as (
    {{ merged_spans('days', ['employee_id', 'rota_thousandths']) }}
)

select * from final
