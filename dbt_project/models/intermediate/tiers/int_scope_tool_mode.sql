-- Grain: scope x tool x mode. What counts in the scopes that some policy names; each tool is one bit of a number.
with tools as (
    select
        tools.tool_id,
        cast(power(2, row_number() over (order by tools.tool_id) - 1) as bigint) as tool_bit,
    from {{ ref('tools') }} as tools
),

final as (
    select distinct
        scopes.scope_code,
        scopes.tool_id is not null as is_one_tool,
        tool_modes.tool_id,
        tool_modes.mode_code,
        tools.tool_bit,
    from {{ ref('scopes') }} as scopes
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.scope_code = scopes.scope_code
    left join {{ ref('scope_modes') }} as scope_modes
        on scope_modes.scope_code = scopes.scope_code
    inner join {{ ref('tool_modes') }} as tool_modes
        on tool_modes.tool_id = scopes.tool_id
        or (scopes.tool_id is null and tool_modes.mode_code = scope_modes.mode_code)
    inner join tools
        on tools.tool_id = tool_modes.tool_id
)

select * from final
