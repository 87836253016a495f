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
    inner join {{ ref('int_tier_person') }} as people
        on people.person_number = access.person_number
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
    cross join (select {{ number_rows(1, 7, 'weekday') }}) as weekdays
    inner join {{ ref('int_person_week') }} as weeks
        on weeks.person_number = overlapping.person_number
        and weeks.expected_days & {{ weekday_bit('weekdays.weekday') }} <> 0
        and {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} >= greatest(overlapping.valid_from, overlapping.window_from)
        and {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} < overlapping.valid_to
        and {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} <= overlapping.window_to
    where not overlapping.is_throughout
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
