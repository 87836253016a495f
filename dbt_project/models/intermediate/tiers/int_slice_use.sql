-- Grain: slice x scope x person. What a person did in a slice, and what the feeds that are missing leave open.
with days as (
    select * from {{ ref('int_scope_marked_day') }}
),

-- each date of each slice once, so that days meet their slices by equality
slice_dates as (
    select
        slices.scope_number,
        slices.slice_number,
        slices.is_for_everybody,
        scope_days.activity_date,
    from {{ ref('int_scope_slice') }} as slices
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_number = slices.scope_number
        and scope_days.activity_date >= slices.slice_from
        and scope_days.activity_date <= slices.slice_to
),

use as (
    select
        slice_dates.slice_number,
        days.scope_number,
        days.person_number,
        sum(case when days.is_active then days.expected_thousandths else 0 end) as active_thousandths,
        sum(case when days.is_substantive then days.expected_thousandths else 0 end) as substantive_thousandths,
        sum(case when days.is_unobserved then days.expected_thousandths else 0 end) as unobserved_thousandths,
        sum(case when days.is_missing and not days.is_substantive then days.expected_thousandths else 0 end) as possible_substantive_thousandths,
        count(case when days.is_active then 1 end) as active_day_count,
        count(case when days.is_substantive then 1 end) as substantive_day_count,
        count(case when days.is_unobserved then 1 end) as unobserved_day_count,
        count(case when days.is_missing then 1 end) as missing_day_count,
        sum(days.intentional_action_count) as intentional_action_count,
        bit_or(days.used_tools) as used_tools,
        bit_or(days.missing_tools) as missing_tools,
    from days
    inner join slice_dates
        on slice_dates.scope_number = days.scope_number
        and slice_dates.activity_date = days.activity_date
    where slice_dates.is_for_everybody
        or days.is_touched_person
    group by slice_dates.slice_number, days.scope_number, days.person_number
),

stand_ins as (
    select
        stand_ins.slice_number,
        stand_ins.scope_number,
        stand_ins.person_number,
        sum(case when stand_ins.reading = 'observed' then stand_ins.expected_thousandths else 0 end) as active_thousandths,
        sum(case when stand_ins.reading = 'observed' and stand_ins.is_substantive then stand_ins.expected_thousandths else 0 end) as substantive_thousandths,
        sum(case when stand_ins.reading = 'low' then stand_ins.expected_thousandths else 0 end) as low_active_thousandths,
        sum(case when stand_ins.reading = 'high' then stand_ins.expected_thousandths else 0 end) as high_active_thousandths,
        sum(case when stand_ins.reading = 'high' and stand_ins.is_substantive then stand_ins.expected_thousandths else 0 end) as high_substantive_thousandths,
    from {{ ref('int_off_day_stand_in') }} as stand_ins
    group by stand_ins.slice_number, stand_ins.scope_number, stand_ins.person_number
),

final as (
    select
        use.slice_number,
        use.scope_number,
        use.person_number,
        {% for column in [
            'active_thousandths', 'substantive_thousandths', 'unobserved_thousandths', 'possible_substantive_thousandths',
            'active_day_count', 'substantive_day_count', 'unobserved_day_count', 'missing_day_count',
            'intentional_action_count', 'used_tools', 'missing_tools',
        ] -%}
        cast(use.{{ column }} as bigint) as {{ column }},
        {% endfor -%}
        {% for column in [
            'active_thousandths', 'substantive_thousandths', 'low_active_thousandths', 'high_active_thousandths',
            'high_substantive_thousandths',
        ] -%}
        cast(coalesce(stand_ins.{{ column }}, 0) as bigint) as stand_in_{{ column }},
        {% endfor -%}
    from use
    left join stand_ins
        on stand_ins.slice_number = use.slice_number
        and stand_ins.scope_number = use.scope_number
        and stand_ins.person_number = use.person_number
)

select * from final
