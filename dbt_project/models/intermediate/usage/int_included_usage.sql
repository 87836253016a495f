-- Grain: employee x activity date. The people with accepted records whom an agreement covers on the date.
with accepted as (
    select distinct
        records.employee_id,
        records.activity_date,
    from {{ ref('int_usage_record') }} as records
    where records.record_status = 'accepted'
),

-- attribution is as of the activity date, and so is inclusion
final as (
    select
        accepted.employee_id,
        accepted.activity_date,
        keys.employee_key,
    from accepted
    inner join {{ ref('int_included_span') }} as included
        on included.employee_id = accepted.employee_id
        and included.valid_from <= accepted.activity_date
        and {{ span_closed('included.valid_to') }} > accepted.activity_date
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = accepted.employee_id
)

select * from final
