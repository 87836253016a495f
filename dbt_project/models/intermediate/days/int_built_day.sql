-- Grain: date. The days whose people this run looks at one by one: dates it rebuilds, the weeks around them that are summed
-- up anew, and days of tier windows that lie before the data begins, of which no table tells.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

week_days as (
    select {{ date_rows('weeks.week_start_date', 'weeks.week_start_date + 6', 'activity_date') }}
    from {{ ref('int_touched_week') }} as weeks
),

early as (
    select {{ date_rows('windows.from_date', 'run_window.first_date - 1', 'activity_date') }}
    from (select min(due.window_from) as from_date from {{ ref('int_tier_due') }} as due) as windows
    cross join run_window
    where windows.from_date < run_window.first_date
),

final as (
    select touched.activity_date from {{ ref('int_touched_date') }} as touched
    union
    select week_days.activity_date from week_days
    union
    select early.activity_date from early
)

select * from final
