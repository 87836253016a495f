-- Grain: employee. The pseudonym and the number of everybody ever employed, and whether an agreement covers them on a date
-- that is held.
with people as (
    select distinct employment.employee_id
    from {{ ref('int_employment_span') }} as employment
),

-- an agreement that ended before the data begins covers nothing that is held here
included as (
    select distinct spans.employee_id
    from {{ ref('int_included_span') }} as spans
    inner join {{ source('run', 'run_window') }} as run_window
        on spans.valid_from <= run_window.as_of_date
        and {{ span_closed('spans.valid_to') }} > run_window.first_date
),

final as (
    select
        people.employee_id,
        {{ pseudonym('employee', 'people.employee_id') }} as employee_key,
        included.employee_id is not null as is_ever_included,
        -- a short stand-in within this run: joining millions of days by pseudonym costs several times as much
        cast(row_number() over (order by people.employee_id) as integer) as person_number,
    from people
    left join included
        on included.employee_id = people.employee_id
)

select * from final
