-- Grain: slice x scope x employee. What a person did in a slice, and what the feeds that are missing leave open.
with use as (
    select
        slices.slice_from,
        slices.slice_to,
        days.scope_code,
        days.employee_key,
        sum(case when days.is_active then days.expected_thousandths else 0 end) as active_thousandths,
        sum(case when days.is_substantive then days.expected_thousandths else 0 end) as substantive_thousandths,
        sum(case when days.is_unobserved then days.expected_thousandths else 0 end) as unobserved_thousandths,
        sum(case when days.is_missing and not days.is_substantive then days.expected_thousandths else 0 end) as possible_substantive_thousandths,
        count(case when days.is_active then 1 end) as active_day_count,
        count(case when days.is_substantive then 1 end) as substantive_day_count,
        count(case when days.is_unobserved then 1 end) as unobserved_day_count,
        count(case when days.is_missing then 1 end) as missing_day_count,
        sum(days.intentional_action_count) as intentional_action_count,
        bool_or(days.has_stated_actions) as has_stated_actions,
        bit_or(days.used_tools) as used_tools,
        bit_or(days.missing_tools) as missing_tools,
    from {{ ref('int_scope_marked_day') }} as days
    inner join {{ ref('int_slice') }} as slices
        on slices.week_start_date = days.week_start_date
        and slices.slice_from <= days.activity_date
        and slices.slice_to >= days.activity_date
        and (slices.is_for_everybody or days.is_touched_person)
    group by slices.slice_from, slices.slice_to, days.scope_code, days.employee_key
),

stand_ins as (
    select
        stand_ins.slice_from,
        stand_ins.slice_to,
        stand_ins.scope_code,
        stand_ins.employee_key,
        sum(case when stand_ins.reading = 'known' and not stand_ins.is_unobserved then stand_ins.expected_thousandths else 0 end) as active_thousandths,
        sum(case when stand_ins.reading = 'known' and not stand_ins.is_unobserved and stand_ins.is_substantive then stand_ins.expected_thousandths else 0 end) as substantive_thousandths,
        sum(case when stand_ins.reading = 'known' then stand_ins.expected_thousandths else 0 end) as low_active_thousandths,
        sum(case when stand_ins.reading = 'possible' then stand_ins.expected_thousandths else 0 end) as high_active_thousandths,
        sum(case when stand_ins.reading = 'possible' and stand_ins.is_substantive then stand_ins.expected_thousandths else 0 end) as high_substantive_thousandths,
    from {{ ref('int_off_day_stand_in') }} as stand_ins
    group by stand_ins.slice_from, stand_ins.slice_to, stand_ins.scope_code, stand_ins.employee_key
),

final as (
    select
        use.*,
        coalesce(stand_ins.active_thousandths, 0) as stand_in_active_thousandths,
        coalesce(stand_ins.substantive_thousandths, 0) as stand_in_substantive_thousandths,
        coalesce(stand_ins.low_active_thousandths, 0) as stand_in_low_active_thousandths,
        coalesce(stand_ins.high_active_thousandths, 0) as stand_in_high_active_thousandths,
        coalesce(stand_ins.high_substantive_thousandths, 0) as stand_in_high_substantive_thousandths,
    from use
    left join stand_ins
        on stand_ins.slice_from = use.slice_from
        and stand_ins.slice_to = use.slice_to
        and stand_ins.scope_code = use.scope_code
        and stand_ins.employee_key = use.employee_key
)

select * from final
