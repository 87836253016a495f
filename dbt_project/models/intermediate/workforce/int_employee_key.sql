-- Grain: employee. The pseudonym and the number of everybody ever employed, and whether an agreement covers them on a date
-- that is held. Who has a number from the night before keeps it: weeks are known by it.
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

known_before as (
    {{ published_before('ops', 'person_number', {'employee_key': 'varchar', 'person_number': 'integer'}) }}
),

-- also numbers of people who are gone: weeks of theirs are known until this run deletes them
highest as (
    select coalesce(max(known_before.person_number), 0) as person_number
    from known_before
),

keys as (
    select
        people.employee_id,
        {{ pseudonym('employee', 'people.employee_id') }} as employee_key,
        included.employee_id is not null as is_ever_included,
    from people
    left join included
        on included.employee_id = people.employee_id
),

final as (
    select
        keys.employee_id,
        keys.employee_key,
        keys.is_ever_included,
        -- a short stand-in: joining millions of days by pseudonym costs several times as much
        cast(
            coalesce(
                known_before.person_number,
                highest.person_number
                + row_number() over (partition by known_before.person_number is null order by keys.is_ever_included desc, keys.employee_id)
            ) as integer
        ) as person_number,
    from keys
    cross join highest
    left join known_before
        on known_before.employee_key = keys.employee_key
)

select * from final
