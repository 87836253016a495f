with due as (
    select * from {{ ref('int_evidence_due') }}
),

final as (
    select
        due.policy_id,
        due.policy_version,
        sets.scope_code,
        sets.tool_set_code,
        sets.delivery_id,
        sets.source,
        sets.feed,
        due.as_of_date,
        sets.first_covered_date,
        sets.last_covered_date,
        cast(sets.covered_date_count as integer) as covered_date_count,
    from {{ ref('int_evidence_tool_set') }} as sets
    cross join due
    where sets.delivery_id is not null
)

select * from final
