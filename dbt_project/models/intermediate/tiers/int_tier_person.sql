-- Grain: person. Everybody by number and pseudonym, and whether this run found something other than usage changed about them.
with touched as (
    select distinct touched.employee_key
    from {{ ref('int_touched_person') }} as touched
),

final as (
    select
        keys.person_number,
        keys.employee_key,
        keys.is_ever_included,
        touched.employee_key is not null as is_touched_person,
    from {{ ref('int_employee_key') }} as keys
    left join touched
        on touched.employee_key = keys.employee_key
)

select * from final
