with named as (
    select distinct facts.model_name
    from {{ ref('fct_employee_tool_model_daily') }} as facts
),

matched as (
    select
        named.model_name,
        families.model_family,
        families.vendor_name,
        row_number() over (
            partition by named.model_name
            order by length(families.model_name_prefix) desc
        ) as preference,
    from named
    left join {{ ref('model_families') }} as families
        on lower(named.model_name) like families.model_name_prefix || '%'
),

final as (
    select
        matched.model_name,
        coalesce(matched.model_family, 'not listed') as model_family,
        coalesce(matched.vendor_name, 'not listed') as vendor_name,
    from matched
    where matched.preference = 1
)

select * from final
