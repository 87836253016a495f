-- Grain: employee x tool x mode x activity date x measure. The vendors' own fields added up to the measures of modes; what was automated
-- stands in the mode automation and counts as nobody's intention.
with mapped as (
    select
        fields.employee_key,
        fields.tool_id,
        case when fields.is_automated then 'automation' else mapping.mode_code end as mode_code,
        fields.activity_date,
        mapping.measure_name,
        mapping.is_intentional and not coalesce(fields.is_automated, false) as is_intentional,
        fields.field_value,
    from {{ ref('int_person_tool_day_field') }} as fields
    inner join {{ ref('mode_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
),

final as (
    select
        mapped.employee_key,
        mapped.tool_id,
        mapped.mode_code,
        mapped.activity_date,
        mapped.measure_name,
        mapped.is_intentional,
        sum(mapped.field_value) as measure_value,
    from mapped
    group by mapped.employee_key, mapped.tool_id, mapped.mode_code, mapped.activity_date, mapped.measure_name, mapped.is_intentional
)

select * from final
