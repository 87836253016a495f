-- Grain: employee x tool x mode x activity date x measure. The vendors' own fields added up to the measures of modes.
select
    fields.employee_key,
    fields.tool_id,
    mapping.mode_code,
    fields.activity_date,
    mapping.measure_name,
    mapping.is_intentional,
    sum(fields.field_value) as measure_value,
from {{ ref('int_person_tool_day_field') }} as fields
inner join {{ ref('mode_measures') }} as mapping
    on mapping.tool_id = fields.tool_id
    and mapping.vendor_field = fields.vendor_field
group by
    fields.employee_key,
    fields.tool_id,
    mapping.mode_code,
    fields.activity_date,
    mapping.measure_name,
    mapping.is_intentional
