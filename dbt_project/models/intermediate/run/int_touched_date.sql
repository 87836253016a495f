-- Grain: date. The dates this run rebuilds: those given to it, those of which a new snapshot states more, those on which an input
-- other than usage changed, and always the as-of date.
with run_window as (
    select * from {{ source('run', 'run_window') }}
),

now_known as (
    select * from {{ ref('int_input_fingerprint') }}
),

known_before as (
    {{ published_before('ops', 'input_fingerprint', {'activity_date': 'date', 'input_kind': 'varchar', 'fingerprint': 'varchar'}) }}
),

-- workforce, leave, access, agreements and identities touch the dates on which what they say changed, and no other
changed as (
    select coalesce(now_known.activity_date, known_before.activity_date) as activity_date
    from now_known
    full outer join known_before
        on known_before.activity_date = now_known.activity_date
        and known_before.input_kind = now_known.input_kind
    where now_known.fingerprint is distinct from known_before.fingerprint
),

-- names that lists of users lead from: where they are another's now
renamed as (
    select {{ date_rows('spans.from_date', 'spans.to_date - 1', 'activity_date') }}
    from (select distinct names.from_date, names.to_date from {{ ref('int_touched_name') }} as names) as spans
),

combined as (
    select touched.activity_date from {{ ref('int_touched_use_date') }} as touched
    union
    select changed.activity_date from changed
    union
    select renamed.activity_date from renamed
    union
    -- a delivery that changes no date, such as a new name of an org unit, still leaves the checks a day to look at
    select run_window.as_of_date as activity_date from run_window
),

final as (
    select combined.activity_date
    from combined
    cross join run_window
    where combined.activity_date between run_window.first_date and run_window.as_of_date
)

select * from final
