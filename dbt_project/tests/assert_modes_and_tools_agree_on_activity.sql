{{ config(description='A tool is active exactly where one of its modes is: no intentional use falls between the modes.') }}
with modes as (
    select
        modes.employee_key,
        modes.tool_id,
        modes.activity_date,
        bool_or(modes.is_active) as is_active,
    from {{ ref('fct_employee_tool_mode_daily') }} as modes
    group by modes.employee_key, modes.tool_id, modes.activity_date
)

select
    facts.employee_key,
    facts.tool_id,
    facts.activity_date,
from {{ ref('fct_employee_tool_daily') }} as facts
left join modes
    on modes.employee_key = facts.employee_key
    and modes.tool_id = facts.tool_id
    and modes.activity_date = facts.activity_date
where facts.is_active <> coalesce(modes.is_active, false)
    {% if not var('audit_full') -%}
    and facts.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif %}
