with people as (
    select distinct employment.employee_id
    from {{ ref('int_employment_span') }} as employment
),

included as (
    select distinct spans.employee_id
    from {{ ref('int_included_span') }} as spans
),

final as (
    select
        people.employee_id,
        {{ pseudonym('employee', 'people.employee_id') }} as employee_key,
        included.employee_id is not null as is_ever_included,
    from people
    left join included
        on included.employee_id = people.employee_id
)

select * from final
