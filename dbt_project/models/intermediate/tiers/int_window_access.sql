-- Grain: window x person. The tools a person was granted on an expected day of the window, one bit each.
with windows as (
    select
        slices.window_number,
        slices.window_from,
        slices.window_to,
        bool_or(slices.is_for_everybody) as is_for_everybody,
    from {{ ref('int_window_slice') }} as slices
    group by slices.window_number, slices.window_from, slices.window_to
),

tools as (
    select distinct
        scopes.tool_id,
        scopes.tool_bit,
    from {{ ref('int_scope_tool_mode') }} as scopes
),

people as (
    select
        keys.employee_key,
        keys.person_number,
        touched.employee_key is not null as is_touched_person,
    from {{ ref('int_employee_key') }} as keys
    left join (
        select distinct touched.employee_key from {{ ref('int_touched_person') }} as touched
    ) as touched
        on touched.employee_key = keys.employee_key
),

overlapping as (
    select
        windows.window_number,
        windows.window_from,
        windows.window_to,
        people.person_number,
        tools.tool_bit,
        access.valid_from,
        access.valid_to,
        access.valid_from <= windows.window_from and access.valid_to > windows.window_to as is_throughout,
    from {{ ref('int_access_span') }} as access
    inner join tools
        on tools.tool_id = access.tool_id
    inner join people
        on people.employee_key = access.employee_key
    inner join windows
        on windows.window_to >= access.valid_from
        and windows.window_from < access.valid_to
    where windows.is_for_everybody
        or people.is_touched_person
),

-- only where access began or ended inside the window do the single days matter
partly as (
    select distinct
        overlapping.window_number,
        overlapping.person_number,
        overlapping.tool_bit,
    from overlapping
    inner join {{ ref('int_expected_day') }} as days
        on days.person_number = overlapping.person_number
        and days.activity_date >= greatest(overlapping.valid_from, overlapping.window_from)
        and days.activity_date < overlapping.valid_to
        and days.activity_date <= overlapping.window_to
    where not overlapping.is_throughout
        and days.expected_thousandths > 0
),

combined as (
    select
        overlapping.window_number,
        overlapping.person_number,
        overlapping.tool_bit as throughout_tools,
        cast(0 as bigint) as partly_tools,
    from overlapping
    where overlapping.is_throughout
    union all
    select
        partly.window_number,
        partly.person_number,
        cast(0 as bigint) as throughout_tools,
        partly.tool_bit as partly_tools,
    from partly
),

final as (
    select
        combined.window_number,
        combined.person_number,
        -- granted throughout is granted on an expected day as soon as there is one
        bit_or(combined.throughout_tools) as throughout_tools,
        bit_or(combined.partly_tools) as partly_tools,
    from combined
    group by combined.window_number, combined.person_number
)

select * from final
