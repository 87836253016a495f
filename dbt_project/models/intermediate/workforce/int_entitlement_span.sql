-- Grain: employee x tool x span. When a person's access to a tool is granted, and no newer decision takes it away.
with stated as (
    select
        statements.employee_id,
        statements.tool_id,
        statements.status,
        coalesce(statements.from_date, cast('1900-01-01' as date)) as valid_from,
        coalesce(statements.to_date + 1, {{ span_end() }}) as valid_to,
    from {{ ref('int_entitlement_statement') }} as statements
),

boundaries as (
    select stated.employee_id, stated.tool_id, stated.valid_from as boundary_date from stated
    union
    select stated.employee_id, stated.tool_id, stated.valid_to as boundary_date from stated
),

segments as (
    select
        boundaries.employee_id,
        boundaries.tool_id,
        boundaries.boundary_date as valid_from,
        lead(boundaries.boundary_date) over (
            partition by boundaries.employee_id, boundaries.tool_id
            order by boundaries.boundary_date
        ) as valid_to,
    from boundaries
),

-- where rows of one person and tool overlap, the one that starts later is the newer decision
decided as (
    select
        segments.*,
        stated.status,
        row_number() over (
            partition by segments.employee_id, segments.tool_id, segments.valid_from
            order by stated.valid_from desc
        ) as preference,
    from segments
    inner join stated
        on stated.employee_id = segments.employee_id
        and stated.tool_id = segments.tool_id
        and stated.valid_from <= segments.valid_from
        and stated.valid_to >= segments.valid_to
    where segments.valid_to is not null
),

granted as (
    select
        decided.employee_id,
        decided.tool_id,
        decided.valid_from,
        decided.valid_to,
    from decided
    where decided.preference = 1
        and decided.status = 'granted'
),

final as (
    {{ merged_spans('granted', ['employee_id', 'tool_id']) }}
)

select * from final
