-- Grain: due tier x scope x person x reading x step. The figures of a score as observed, at the high
-- end, and at every step towards the low end: unobserved days that become active with no further action, the smallest first, for
-- each set of tools that would be new to the person.
with parts as (
    select distinct
        parts.policy_id,
        parts.policy_version,
        policies.off_days_stand_in,
    from {{ ref('tier_score_parts') }} as parts
    inner join {{ ref('tier_policies') }} as policies
        on policies.policy_id = parts.policy_id
        and policies.policy_version = parts.policy_version
),

evidence as (
    select
        evidence.*,
        evidence.missing_tools & ~evidence.used_tools as new_tools,
        due.window_number,
        parts.off_days_stand_in,
    from {{ ref('int_tier_evidence') }} as evidence
    inner join {{ ref('int_tier_due') }} as due
        on due.due_number = evidence.due_number
    inner join parts
        on parts.policy_id = due.policy_id
        and parts.policy_version = due.policy_version
),

-- with no active day at all there is no mean that a day without action could lower
open_evidence as (
    select * from evidence
    where evidence.unobserved_day_count > 0
        and evidence.active_day_count > 0
),

tool_sets as (
    select
        masks.new_tools,
        masks.added_tools,
    from (
        select
            distinct_masks.new_tools,
            {{ number_rows('0', 'distinct_masks.new_tools', 'added_tools') }},
        from (select distinct open_evidence.new_tools from open_evidence) as distinct_masks
    ) as masks
    where masks.added_tools & ~masks.new_tools = 0
),

scope_tools as (
    select distinct
        scopes.scope_number,
        scopes.tool_id,
        scopes.tool_bit,
    from {{ ref('int_scope_tool_mode') }} as scopes
),

-- the days that could become active, and by which tools
unobserved_days as (
    select
        slices.window_number,
        marks.scope_number,
        marks.person_number,
        days.activity_date,
        days.expected_thousandths,
        bit_or(scope_tools.tool_bit) as missing_tools,
    from {{ ref('int_slice_use') }} as marks
    inner join {{ ref('int_window_slice') }} as slices
        on slices.slice_number = marks.slice_number
    inner join scope_tools
        on scope_tools.scope_number = marks.scope_number
    inner join {{ ref('int_missing_tool_day') }} as days
        on days.person_number = marks.person_number
        and days.tool_id = scope_tools.tool_id
        and days.activity_date >= slices.slice_from
        and days.activity_date <= slices.slice_to
    where marks.missing_days & ~marks.active_days & {{ weekday_bit(iso_weekday('days.activity_date')) }} <> 0
    group by
        slices.window_number,
        marks.scope_number,
        marks.person_number,
        days.activity_date,
        days.expected_thousandths
),

steps as (
    select
        open_evidence.due_number,
        open_evidence.scope_number,
        open_evidence.person_number,
        tool_sets.added_tools,
        row_number() over (
            partition by
                open_evidence.due_number,
                open_evidence.scope_number,
                open_evidence.person_number,
                tool_sets.added_tools
            order by days.expected_thousandths, days.activity_date
        ) as added_day_count,
        sum(days.expected_thousandths) over (
            partition by
                open_evidence.due_number,
                open_evidence.scope_number,
                open_evidence.person_number,
                tool_sets.added_tools
            order by days.expected_thousandths, days.activity_date
            rows between unbounded preceding and current row
        ) as added_thousandths,
    from open_evidence
    inner join tool_sets
        on tool_sets.new_tools = open_evidence.new_tools
    inner join unobserved_days as days
        on days.window_number = open_evidence.window_number
        and days.scope_number = open_evidence.scope_number
        and days.person_number = open_evidence.person_number
        and days.missing_tools & (open_evidence.used_tools | tool_sets.added_tools) <> 0
),

readings as (
    select
        evidence.*,
        'observed' as reading,
        evidence.active_thousandths as score_active_thousandths,
        evidence.observed_thousandths as score_denominator,
        evidence.active_day_count as score_day_count,
        false as is_depth_full,
        evidence.used_tool_count as score_tool_count,
        evidence.usable_tool_count as score_usable_count,
        0 as step_number,
    from evidence
    union all
    select
        evidence.*,
        'high' as reading,
        evidence.active_thousandths_high as score_active_thousandths,
        evidence.expected_thousandths as score_denominator,
        evidence.active_day_count_high as score_day_count,
        evidence.has_missing_day as is_depth_full,
        evidence.used_tool_count_high as score_tool_count,
        evidence.usable_tool_count_high as score_usable_count,
        0 as step_number,
    from evidence
    union all
    select
        evidence.*,
        'low' as reading,
        evidence.active_thousandths_low as score_active_thousandths,
        evidence.expected_thousandths as score_denominator,
        evidence.active_day_count as score_day_count,
        false as is_depth_full,
        evidence.used_tool_count as score_tool_count,
        evidence.usable_tool_count as score_usable_count,
        0 as step_number,
    from evidence
    union all
    select
        evidence.*,
        'low' as reading,
        -- a day that turns active may have been stood in for before: then it adds nothing that is certain
        evidence.active_thousandths_low
            + case when evidence.off_days_stand_in then 0 else steps.added_thousandths end as score_active_thousandths,
        evidence.expected_thousandths as score_denominator,
        evidence.active_day_count + steps.added_day_count as score_day_count,
        false as is_depth_full,
        bit_count(evidence.used_tools | steps.added_tools) as score_tool_count,
        bit_count(evidence.used_tools | evidence.granted_tools | steps.added_tools) as score_usable_count,
        steps.added_tools * 1000 + steps.added_day_count as step_number,
    from steps
    inner join evidence
        on evidence.due_number = steps.due_number
        and evidence.scope_number = steps.scope_number
        and evidence.person_number = steps.person_number
)

select
    readings.due_number,
    readings.scope_number,
    readings.person_number,
    readings.reading,
    readings.score_active_thousandths,
    readings.score_denominator,
    readings.measure_value,
    readings.score_day_count,
    readings.is_depth_full,
    readings.score_tool_count,
    readings.score_usable_count,
    readings.step_number,
from readings
