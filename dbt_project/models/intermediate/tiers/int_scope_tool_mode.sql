-- Grain: scope x tool x mode. What counts in the scopes that this run looks at; each tool is one bit of a number.
with tools as (
    select
        tools.tool_id,
        cast(power(2, row_number() over (order by tools.tool_id) - 1) as bigint) as tool_bit,
    from {{ ref('tools') }} as tools
),

due_scopes as (
    select distinct scopes.scope_code
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_policy_scopes') }} as scopes
        on scopes.policy_id = due.policy_id
),

numbered as (
    select
        scopes.scope_code,
        scopes.tool_id,
        cast(row_number() over (order by scopes.scope_code) as integer) as scope_number,
    from {{ ref('scopes') }} as scopes
),

final as (
    select distinct
        numbered.scope_code,
        numbered.scope_number,
        numbered.tool_id is not null as is_one_tool,
        tool_modes.tool_id,
        tool_modes.mode_code,
        tools.tool_bit,
    from numbered
    inner join due_scopes
        on due_scopes.scope_code = numbered.scope_code
    left join {{ ref('scope_modes') }} as scope_modes
        on scope_modes.scope_code = numbered.scope_code
    inner join {{ ref('tool_modes') }} as tool_modes
        on tool_modes.tool_id = numbered.tool_id
        or (numbered.tool_id is null and tool_modes.mode_code = scope_modes.mode_code)
    inner join tools
        on tools.tool_id = tool_modes.tool_id
)

select * from final
