-- Grain: employee x source x feed x activity date, of touched dates. Days of included people that a refused record leaves uncovered.
with records as (
    select * from {{ ref('int_usage_record') }}
    where employee_id is not null
),

-- a refused record hides what its person did that day, until a later delivery states it
uncovered as (
    select distinct
        rejected.source,
        rejected.feed,
        rejected.employee_id,
        rejected.activity_date,
    from records as rejected
    left join records as better
        on better.source = rejected.source
        and better.feed = rejected.feed
        and better.employee_id = rejected.employee_id
        and better.activity_date = rejected.activity_date
        and better.record_status = 'accepted'
        -- what another snapshot tells of the day is not all that this one would have
        and better.stated_date is null
        and (
            better.rank_at > rejected.rank_at
            or (better.rank_at = rejected.rank_at and better.ledger_order > rejected.ledger_order)
        )
    where rejected.record_status = 'rejected'
        and better.employee_id is null
),

final as (
    select
        keys.employee_key,
        uncovered.source,
        uncovered.feed,
        uncovered.activity_date,
    from uncovered
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = uncovered.employee_id
    inner join {{ ref('int_included_span') }} as included
        on included.employee_id = uncovered.employee_id
        and included.valid_from <= uncovered.activity_date
        and {{ span_closed('included.valid_to') }} > uncovered.activity_date
)

select * from final
