-- Grain: employee x tool x mode x activity date. Use of a tool in a mode, whether it was substantive, and whether counts or flags
-- say so.
with measures as (
    select * from {{ ref('int_person_tool_mode_measure') }}
),

flags as (
    select
        raised.employee_key,
        raised.tool_id,
        raised.mode_code,
        raised.activity_date,
        bool_or(raised.flag_kind = 'active') as has_active_flag,
        bool_or(raised.flag_kind = 'active' and not raised.is_counted) as has_uncounted_flag,
        bool_or(not raised.is_counted) as has_flag_evidence,
    from {{ ref('int_person_tool_day_flag') }} as raised
    group by raised.employee_key, raised.tool_id, raised.mode_code, raised.activity_date
),

counts as (
    select
        measures.employee_key,
        measures.tool_id,
        measures.mode_code,
        measures.activity_date,
        sum(case when measures.is_intentional then measures.measure_value end) as intentional_action_count,
        sum(measures.measure_value) as evidence_count,
    from measures
    group by measures.employee_key, measures.tool_id, measures.mode_code, measures.activity_date
),

substantive as (
    {{ floors_reached('measures', ['employee_key', 'tool_id', 'mode_code', 'activity_date']) }}
),

final as (
    select
        coalesce(counts.employee_key, flags.employee_key) as employee_key,
        coalesce(counts.tool_id, flags.tool_id) as tool_id,
        coalesce(counts.mode_code, flags.mode_code) as mode_code,
        coalesce(counts.activity_date, flags.activity_date) as activity_date,
        coalesce(counts.intentional_action_count, 0) > 0 or coalesce(flags.has_active_flag, false) as is_active,
        substantive.employee_key is not null or coalesce(flags.has_uncounted_flag, false) as is_substantive,
        case when coalesce(flags.has_flag_evidence, false) then 'flag' else 'count' end as evidence_basis,
        cast(counts.intentional_action_count as bigint) as intentional_action_count,
    from counts
    full outer join flags
        on flags.employee_key = counts.employee_key
        and flags.tool_id = counts.tool_id
        and flags.mode_code = counts.mode_code
        and flags.activity_date = counts.activity_date
    left join substantive
        on substantive.employee_key = coalesce(counts.employee_key, flags.employee_key)
        and substantive.tool_id = coalesce(counts.tool_id, flags.tool_id)
        and substantive.mode_code = coalesce(counts.mode_code, flags.mode_code)
        and substantive.activity_date = coalesce(counts.activity_date, flags.activity_date)
    -- a row for each mode there is evidence of: a count above 0 or a flag
    where coalesce(counts.evidence_count, 0) > 0
        or flags.employee_key is not null
)

select * from final
