-- Grain: employee x tool x activity date. Whole weeks of the people of whom this run knows otherwise than the generation before on which days
-- they are visible in a tool: whether they were, and whether they are.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

now_known as (
    select
        spans.employee_key,
        spans.tool_id,
        spans.valid_from,
        spans.valid_to,
    from {{ ref('int_invisible_span') }} as spans
),

known_before as (
    {{ published_before('ops', 'invisible_span', {
        'employee_key': 'varchar',
        'tool_id': 'varchar',
        'valid_from': 'date',
        'valid_to': 'date',
    }) }}
),

different as (
    (select now_known.employee_key, now_known.tool_id, now_known.valid_from, now_known.valid_to, true as is_now from now_known
    except
    select known_before.employee_key, known_before.tool_id, known_before.valid_from, known_before.valid_to, true as is_now from known_before)
    union all
    (select known_before.employee_key, known_before.tool_id, known_before.valid_from, known_before.valid_to, false as is_now from known_before
    except
    select now_known.employee_key, now_known.tool_id, now_known.valid_from, now_known.valid_to, false as is_now from now_known)
),

-- spans of one side do not overlap: a day in a span of only one of them is another day than before
single_days as (
    select
        different.employee_key,
        different.tool_id,
        different.is_now,
        {{ date_rows('greatest(different.valid_from, run_window.first_date)', "least(coalesce(different.valid_to - 1, run_window.as_of_date), run_window.as_of_date)", 'activity_date') }},
    from different
    cross join run_window
),

changed as (
    select
        single_days.employee_key,
        single_days.tool_id,
        single_days.activity_date,
    from single_days
    group by single_days.employee_key, single_days.tool_id, single_days.activity_date
    having count(*) = 1
),

weeks as (
    select distinct
        changed.employee_key,
        changed.tool_id,
        {{ week_start('changed.activity_date') }} as week_start_date,
    from changed
),

days as (
    select
        weeks.employee_key,
        weeks.tool_id,
        {{ date_rows('greatest(weeks.week_start_date, run_window.first_date)', 'least(weeks.week_start_date + 6, run_window.as_of_date)', 'activity_date') }},
    from weeks
    cross join run_window
),

final as (
    select
        days.employee_key,
        days.tool_id,
        days.activity_date,
        known_before.employee_key is not null as was_invisible,
        now_known.employee_key is not null as is_invisible,
    from days
    left join known_before
        on known_before.employee_key = days.employee_key
        and known_before.tool_id = days.tool_id
        and known_before.valid_from <= days.activity_date
        and {{ span_closed('known_before.valid_to') }} > days.activity_date
    left join now_known
        on now_known.employee_key = days.employee_key
        and now_known.tool_id = days.tool_id
        and now_known.valid_from <= days.activity_date
        and {{ span_closed('now_known.valid_to') }} > days.activity_date
)

select * from final
