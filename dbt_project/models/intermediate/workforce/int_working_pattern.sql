-- Grain: employee x validity of an employment span. What a working week of the person is, before holidays and leave.
with employment as (
    select
        employment.employee_id,
        keys.employee_key,
        keys.is_ever_included,
        {{ calendar_code('employment.country_code', 'employment.country_subdivision_code') }} as calendar_code,
        employment.hired_date,
        employment.line_of_business,
        employment.org_unit_id,
        nullif(employment.working_weekdays, '') as working_weekdays,
        -- thousandths of one working day: the fte fraction speaks only where no weekly pattern is stated
        case
            when nullif(employment.working_weekdays, '') is null
                then cast(round(coalesce(employment.fte_fraction, 1) * 1000) as integer)
        end as patternless_thousandths,
        employment.valid_from,
        employment.valid_to,
    from {{ ref('int_employment_span') }} as employment
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = employment.employee_id
),

final as (
    select
        employment.*,
        case
            when employment.patternless_thousandths is not null then employment.patternless_thousandths * 5
            else 1000 * (length(employment.working_weekdays) - length(replace(employment.working_weekdays, '1', '')))
        end as weekly_pattern_thousandths,
    from employment
)

select * from final
