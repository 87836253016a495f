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

marked as (
    select
        slices.slice_number,
        slices.slice_from,
        slices.slice_to,
        days.scope_number,
        days.person_number,
        days.activity_date,
        days.is_active,
        days.is_substantive,
        days.is_missing,
    from {{ ref('int_scope_marked_day') }} as days
    inner join scopes
        on scopes.scope_number = days.scope_number
    inner join {{ ref('int_scope_slice') }} as slices
        on slices.scope_number = days.scope_number
        and slices.slice_from <= days.activity_date
        and slices.slice_to >= days.activity_date
        and (slices.is_for_everybody or days.is_touched_person)
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
        off_days.slice_from,
        off_days.slice_to,
        off_days.scope_number,
        off_days.person_number,
    from off_days
),

idle_days as (
    select
        people.*,
        days.activity_date,
        days.expected_thousandths,
        coalesce(marked.is_unobserved, false) as is_unobserved,
        row_number() over (
            partition by people.reading, people.slice_number, people.scope_number, people.person_number
            order by
                days.expected_thousandths desc,
                days.activity_date
        ) as place,
    from people
    inner join {{ ref('int_expected_day') }} as days
        on days.person_number = people.person_number
        and days.activity_date >= people.slice_from
        and days.activity_date <= people.slice_to
    inner join {{ ref('int_scope_day') }} as scope_days
        on scope_days.scope_number = people.scope_number
        and scope_days.activity_date = days.activity_date
    left join {{ ref('int_scope_marked_day') }} as marked
        on marked.scope_number = people.scope_number
        and marked.person_number = people.person_number
        and marked.activity_date = days.activity_date
    where days.expected_thousandths > 0
        and not coalesce(marked.is_active, false)
        -- idle for certain, except at the low end, where every unobserved day is taken for idle
        and (people.reading = 'low' or not coalesce(marked.is_unobserved, false))
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
