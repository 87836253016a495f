-- Grain: reading x slice x scope x person x idle date. Which idle expected day an off-day of the same week stands in for,
-- where a policy lets it: as observed, at the low end and at the high end, where
-- off-days could be active, or substantive.
with scopes as (
    select distinct scopes.scope_number
    from {{ ref('tier_policies') }} as policies
    inner join {{ ref('tier_policy_scopes') }} as policy_scopes
        on policy_scopes.policy_id = policies.policy_id
    inner join {{ ref('int_scope_tool_mode') }} as scopes
        on scopes.scope_code = policy_scopes.scope_code
    where policies.off_days_stand_in
),

weekdays as (
    select
        weekdays.weekday,
        {{ weekday_bit('weekdays.weekday') }} as day_bit,
    from (select {{ number_rows(1, 7, 'weekday') }}) as weekdays
),

-- the days of each slice of people with use, or with a feed missing
days as (
    select
        marks.slice_number,
        marks.scope_number,
        marks.person_number,
        {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }} as activity_date,
        {{ thousandths_on('weekdays.weekday', 'weeks') }} as expected_thousandths,
        marks.active_days & weekdays.day_bit <> 0 as is_active,
        marks.substantive_days & weekdays.day_bit <> 0 as is_substantive,
        marks.missing_days & weekdays.day_bit <> 0 as is_missing,
        marks.missing_days & ~marks.active_days & weekdays.day_bit <> 0 as is_unobserved,
    from {{ ref('int_slice_mark') }} as marks
    inner join scopes
        on scopes.scope_number = marks.scope_number
    inner join {{ ref('int_scope_slice') }} as slices
        on slices.scope_number = marks.scope_number
        and slices.slice_number = marks.slice_number
    inner join {{ ref('int_person_week') }} as weeks
        on weeks.person_number = marks.person_number
        and weeks.week_start_date = slices.week_start_date
    cross join weekdays
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_number = marks.scope_number
        and scope_days.activity_date = {{ weekday_date('weeks.week_start_date', 'weekdays.weekday') }}
        and scope_days.activity_date between slices.slice_from and slices.slice_to
    where weeks.employed_days & weekdays.day_bit <> 0
),

marked as (
    select * from days
    where days.expected_thousandths = 0
),

off_days as (
    select
        readings.reading,
        marked.*,
        marked.is_substantive as counts_as_substantive,
    from marked
    cross join (select 'observed' as reading union all select 'low' as reading) as readings
    where marked.is_active
    union all
    select
        'high' as reading,
        marked.*,
        marked.is_substantive or marked.is_missing as counts_as_substantive,
    from marked
    where marked.is_active
        or marked.is_missing
),

placed_off_days as (
    select
        off_days.*,
        row_number() over (
            partition by off_days.reading, off_days.slice_number, off_days.scope_number, off_days.person_number
            order by case when off_days.counts_as_substantive then 0 else 1 end, off_days.activity_date
        ) as place,
    from off_days
),

people as (
    select distinct
        off_days.reading,
        off_days.slice_number,
        off_days.scope_number,
        off_days.person_number,
    from off_days
),

idle_days as (
    select
        people.*,
        days.activity_date,
        days.expected_thousandths,
        row_number() over (
            partition by people.reading, people.slice_number, people.scope_number, people.person_number
            order by
                days.expected_thousandths desc,
                days.activity_date
        ) as place,
    from people
    inner join days
        on days.slice_number = people.slice_number
        and days.scope_number = people.scope_number
        and days.person_number = people.person_number
    where days.expected_thousandths > 0
        and not days.is_active
        -- idle for certain, except at the low end, where every unobserved day is taken for idle
        and (people.reading = 'low' or not days.is_unobserved)
),

final as (
    select
        idle_days.reading,
        idle_days.slice_number,
        idle_days.scope_number,
        idle_days.person_number,
        idle_days.activity_date,
        idle_days.expected_thousandths,
        off_days.counts_as_substantive as is_substantive,
    from idle_days
    inner join placed_off_days as off_days
        on off_days.reading = idle_days.reading
        and off_days.slice_number = idle_days.slice_number
        and off_days.scope_number = idle_days.scope_number
        and off_days.person_number = idle_days.person_number
        and off_days.place = idle_days.place
)

select * from final
