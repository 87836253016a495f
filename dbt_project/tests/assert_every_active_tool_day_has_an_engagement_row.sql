{{ config(description='A fact of use belongs to a day on which the person was employed and included.') }}
select
    facts.employee_key,
    facts.tool_id,
    facts.activity_date,
from {{ ref('fct_employee_tool_daily') }} as facts
left join {{ ref('fct_employee_engagement_daily') }} as days
    on days.employee_key = facts.employee_key
    and days.activity_date = facts.activity_date
where (days.employee_key is null or (facts.is_active and days.engagement_status <> 'active'))
    {% if not var('audit_full') -%}
    and facts.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif %}
