with run_window as (
    select * from {{ source('run', 'run_window') }}
),

-- blocks of as-of dates that this run does not evaluate keep what was published for them
kept_dates as (
    select
        dates.as_of_date,
        dates.as_of_date - cast(row_number() over (order by dates.as_of_date) as integer) as block_anchor,
    from (
        select {{ date_rows('run_window.first_date', 'run_window.as_of_date', 'as_of_date') }}
        from run_window
    ) as dates
    left join {{ ref('int_touched_as_of_date') }} as touched
        on touched.as_of_date = dates.as_of_date
    where touched.as_of_date is null
),

kept_blocks as (
    select
        min(kept_dates.as_of_date) as block_from,
        max(kept_dates.as_of_date) + 1 as block_to,
    from kept_dates
    group by kept_dates.block_anchor
),

people as (
    select keys.employee_key
    from {{ ref('int_employee_key') }} as keys
    where keys.is_ever_included
),

kept as (
    select
        previous.policy_id,
        previous.policy_version,
        previous.scope_code,
        previous.employee_key,
        previous.tier_code,
        previous.tier_low_code,
        previous.tier_high_code,
        previous.is_firm,
        previous.reason_code,
        greatest(previous.valid_from, kept_blocks.block_from) as valid_from,
        least({{ span_closed('previous.valid_to') }}, kept_blocks.block_to) as valid_to,
    from {{ ref('int_previous_tier_span') }} as previous
    -- whoever is no longer included has no row, not even of the past
    inner join people
        on people.employee_key = previous.employee_key
    inner join kept_blocks
        on kept_blocks.block_from < {{ span_closed('previous.valid_to') }}
        and kept_blocks.block_to > previous.valid_from
),

evaluated as (
    select
        tiers.policy_id,
        tiers.policy_version,
        tiers.scope_code,
        tiers.employee_key,
        tiers.tier_code,
        tiers.tier_low_code,
        tiers.tier_high_code,
        tiers.is_firm,
        tiers.reason_code,
        tiers.as_of_date as valid_from,
        tiers.as_of_date + 1 as valid_to,
    from {{ ref('int_tier_evaluated') }} as tiers
),

combined as (
    select * from kept
    union all by name
    select * from evaluated
),

merged as (
    {{ merged_spans('combined', [
        'policy_id', 'policy_version', 'scope_code', 'employee_key', 'tier_code', 'tier_low_code', 'tier_high_code',
        'is_firm', 'reason_code',
    ]) }}
),

-- a span that reaches the as-of date is open: it holds until a later date says otherwise
final as (
    select
        merged.* exclude (valid_to),
        nullif(merged.valid_to, run_window.as_of_date + 1) as valid_to,
    from merged
    cross join run_window
)

select * from final
