{{ config(description='Nobody is called active without a tool fact behind it.') }}
select
    days.employee_key,
    days.activity_date,
from {{ ref('fct_employee_engagement_daily') }} as days
left join {{ ref('fct_employee_tool_daily') }} as facts
    on facts.employee_key = days.employee_key
    and facts.activity_date = days.activity_date
    and facts.is_active
where days.engagement_status = 'active'
    and facts.employee_key is null
    {% if not var('audit_full') -%}
    and days.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif %}
