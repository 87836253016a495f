with run_window as (
    select * from {{ source('run', 'run_window') }}
),

reach as (
    select max(policies.window_days + policies.settle_days - 1) as reach_days
    from {{ ref('tier_policies') }} as policies
),

-- a day weighs on every tier whose window holds it; employment on the as-of date itself weighs too
final as (
    select distinct dates.as_of_date
    from (
        select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'as_of_date') }}
        from run_window
    ) as dates
    cross join reach
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date <= dates.as_of_date
        and touched.activity_date >= dates.as_of_date - reach.reach_days
)

select * from final
