-- Grain: slice x scope x person, of the slices that this run counts (int_slice_mark). What a person did in a slice, and what the feeds
-- that are missing leave open.
with slices as (
    select
        slices.slice_number,
        slices.week_start_date,
    from {{ ref('int_slice') }} as slices
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
        marks.slice_number,
        marks.scope_number,
        marks.person_number,
        marks.active_days,
        marks.substantive_days,
        marks.missing_days,
        {% for name, days in [
            ('active', 'marks.active_days'),
            ('substantive', 'marks.substantive_days'),
            ('unobserved', 'marks.missing_days & ~marks.active_days'),
            ('possible_substantive', 'marks.missing_days & ~marks.substantive_days'),
        ] -%}
        {{ thousandths_of(days, 'weeks') }} as {{ name }}_thousandths,
        {% endfor -%}
        cast(bit_count(marks.active_days) as integer) as active_day_count,
        cast(bit_count(marks.substantive_days) as integer) as substantive_day_count,
        cast(bit_count(marks.missing_days & ~marks.active_days) as integer) as unobserved_day_count,
        cast(bit_count(marks.missing_days) as integer) as missing_day_count,
        marks.intentional_action_count,
        marks.used_tools,
        marks.missing_tools,
        {% for column in [
            'active_thousandths', 'substantive_thousandths', 'low_active_thousandths', 'high_active_thousandths',
            'high_substantive_thousandths',
        ] -%}
        cast(coalesce(stand_ins.{{ column }}, 0) as integer) as stand_in_{{ column }},
        {% endfor -%}
    from {{ ref('int_slice_mark') }} as marks
    inner join slices
        on slices.slice_number = marks.slice_number
    inner join {{ ref('int_person_week') }} as weeks
        on weeks.person_number = marks.person_number
        and weeks.week_start_date = slices.week_start_date
    left join stand_ins
        on stand_ins.slice_number = marks.slice_number
        and stand_ins.scope_number = marks.scope_number
        and stand_ins.person_number = marks.person_number
)

select * from final
