with states as (
    select * from {{ ref('int_org_unit_state') }}
),

merged as (
    {{ merged_spans('states', ['org_unit_id', 'org_unit_name', 'parent_org_unit_id', 'org_level', 'org_path']) }}
),

final as (
    select
        merged.org_unit_id,
        merged.org_unit_name,
        merged.parent_org_unit_id,
        cast(merged.org_level as integer) as org_level,
        merged.org_path,
        merged.valid_from,
        merged.valid_to,
        {{ span_closed('merged.valid_to') }} > run_window.as_of_date as is_current,
    from merged
    cross join {{ source('run', 'run_window') }} as run_window
)

select * from final
