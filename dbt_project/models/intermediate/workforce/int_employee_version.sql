-- Grain: employee x validity. What dim_employee says of a person while employed and included, with manager's key and tenure band.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

employment as (
    select * from {{ ref('int_employment_span') }}
),

-- employee-level rows exist only while an agreement covers the person
included as (
    select
        employment.*  exclude (valid_from, valid_to),
        greatest(employment.valid_from, included.valid_from) as valid_from,
        least({{ span_closed('employment.valid_to') }}, {{ span_closed('included.valid_to') }}) as valid_to,
    from employment
    inner join {{ ref('int_included_span') }} as included
        on included.employee_id = employment.employee_id
        and included.valid_from < {{ span_closed('employment.valid_to') }}
        and {{ span_closed('included.valid_to') }} > employment.valid_from
),

banded as (
    select
        included.* exclude (valid_from, valid_to),
        bands.tenure_band,
        greatest(included.valid_from, cast(included.hired_date + to_months(bands.from_month) as date)) as valid_from,
        least(
            included.valid_to,
            coalesce(cast(included.hired_date + to_months(bands.to_month) as date), {{ span_end() }})
        ) as valid_to,
    from included
    inner join {{ ref('tenure_bands') }} as bands
        on cast(included.hired_date + to_months(bands.from_month) as date) < included.valid_to
        and coalesce(cast(included.hired_date + to_months(bands.to_month) as date), {{ span_end() }}) > included.valid_from
),

-- a version that begins after the as-of date is not known to be needed yet
relevant as (
    select
        keys.employee_key,
        -- a manager who has no row of their own is not named by a key either
        case when manager_keys.is_ever_included then manager_keys.employee_key end as manager_key,
        banded.* exclude (employee_id),
        banded.employee_id,
    from banded
    cross join run_window
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = banded.employee_id
        and keys.is_ever_included
    left join {{ ref('int_employee_key') }} as manager_keys
        on manager_keys.employee_id = banded.manager_employee_id
    where banded.valid_from <= run_window.as_of_date
),

final as (
    {{ merged_spans('relevant', [
        'employee_key', 'employee_id', 'manager_key', 'org_unit_id', 'line_of_business', 'job_family', 'job_level',
        'worker_type', 'country_code', 'country_subdivision_code', 'site_code', 'legal_entity_code', 'fte_fraction',
        'working_weekdays', 'employment_status', 'hired_date', 'tenure_band',
    ]) }}
)

select * from final
