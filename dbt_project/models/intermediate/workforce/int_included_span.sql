-- Grain: employee x span. When a person is employed and covered by an agreement.
with employment as (
    select * from {{ ref('int_employment_span') }}
),

agreements as (
    select * from {{ ref('int_agreement_span') }}
),

-- an agreement covers a country, a legal entity, or a legal entity within a country
covered as (
    select
        employment.employee_id,
        greatest(employment.valid_from, agreements.valid_from) as valid_from,
        least({{ span_closed('employment.valid_to') }}, {{ span_closed('agreements.valid_to') }}) as valid_to,
    from employment
    inner join agreements
        on coalesce(agreements.country_code, employment.country_code) = employment.country_code
        and coalesce(agreements.legal_entity_code, employment.legal_entity_code, '') = coalesce(employment.legal_entity_code, '')
        and agreements.valid_from < {{ span_closed('employment.valid_to') }}
        and employment.valid_from < {{ span_closed('agreements.valid_to') }}
    where coalesce(agreements.country_code, agreements.legal_entity_code) is not null
),

final as (
    {{ merged_spans('covered', ['employee_id']) }}
)

select * from final
