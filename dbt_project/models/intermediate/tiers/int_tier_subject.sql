-- Grain: due tier (policy version x evaluation kind x as-of date) x person. Whose tiers this run evaluates: everybody employed and
-- included on the as-of date, or those of whom something other than usage changed at or before it; and under which number: that of the
-- first of several as-of dates with one window, if the person is the same on all of them.
with due as (
    select * from {{ ref('int_tier_due') }}
),

included as (
    select * from {{ ref('int_included_span') }}
),

people as (
    select
        patterns.employee_key,
        keys.person_number,
        patterns.hired_date,
        patterns.line_of_business,
        patterns.weekly_pattern_thousandths,
        greatest(patterns.valid_from, included.valid_from) as valid_from,
        least({{ span_closed('patterns.valid_to') }}, {{ span_closed('included.valid_to') }}) as valid_to,
    from {{ ref('int_working_pattern') }} as patterns
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = patterns.employee_id
    inner join included
        on included.employee_id = patterns.employee_id
        and included.valid_from < {{ span_closed('patterns.valid_to') }}
        and patterns.valid_from < {{ span_closed('included.valid_to') }}
),

touched as (
    select
        touched.employee_key,
        min(touched.from_date) as from_date,
    from {{ ref('int_touched_person') }} as touched
    group by touched.employee_key
),

everybody as (
    select
        due.due_number,
        case
            when people.valid_from <= due.first_as_of_date and people.valid_to > due.last_as_of_date then due.evaluated_number
            else due.due_number
        end as evaluated_number,
        people.person_number,
        people.hired_date,
        people.line_of_business,
        people.weekly_pattern_thousandths,
    from due
    inner join people
        on people.valid_from <= due.as_of_date
        and people.valid_to > due.as_of_date
    where due.is_for_everybody
),

single_people as (
    select
        due.due_number,
        case
            when people.valid_from <= due.first_as_of_date
                and people.valid_to > due.last_as_of_date
                and touched.from_date <= due.first_as_of_date then due.evaluated_number
            else due.due_number
        end as evaluated_number,
        people.person_number,
        people.hired_date,
        people.line_of_business,
        people.weekly_pattern_thousandths,
    from touched
    inner join people
        on people.employee_key = touched.employee_key
    inner join due
        on due.as_of_date >= people.valid_from
        and due.as_of_date < people.valid_to
        and due.as_of_date >= touched.from_date
    where not due.is_for_everybody
),

final as (
    select * from everybody
    union all
    select * from single_people
)

select * from final
