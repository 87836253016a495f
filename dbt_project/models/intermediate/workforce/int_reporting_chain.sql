-- Grain: employee x depth x validity. The manager so many steps above a person; a chain that comes back to itself ends in a row
-- with is_cycle.
with recursive direct as (
    select
        employment.employee_id,
        employment.manager_employee_id,
        employment.valid_from,
        {{ span_closed('employment.valid_to') }} as valid_to,
    from {{ ref('int_employment_span') }} as employment
    where employment.manager_employee_id is not null
),

lines as (
    {{ merged_spans('direct', ['employee_id', 'manager_employee_id']) }}
),

-- each step up holds only while every link below it holds; a chain that comes back to itself stops there
chain as (
    select
        lines.manager_employee_id,
        lines.employee_id,
        1 as depth,
        '/' || lines.employee_id || '/' || lines.manager_employee_id || '/' as visited,
        false as is_cycle,
        lines.valid_from,
        {{ span_closed('lines.valid_to') }} as valid_to,
    from lines
    union all
    select
        lines.manager_employee_id,
        chain.employee_id,
        chain.depth + 1 as depth,
        chain.visited || lines.manager_employee_id || '/' as visited,
        position('/' || lines.manager_employee_id || '/' in chain.visited) > 0 as is_cycle,
        greatest(chain.valid_from, lines.valid_from) as valid_from,
        least(chain.valid_to, {{ span_closed('lines.valid_to') }}) as valid_to,
    from chain
    inner join lines
        on lines.employee_id = chain.manager_employee_id
        and lines.valid_from < chain.valid_to
        and {{ span_closed('lines.valid_to') }} > chain.valid_from
    where not chain.is_cycle
)

select * from chain
