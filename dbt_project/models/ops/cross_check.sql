{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched_spans('from_date', 'to_date') }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
with checks as (
    select
        days.*,
        days.activity_date as from_date,
        days.activity_date as to_date,
    from {{ ref('int_cross_check') }} as days
    union all by name
    select * from {{ ref('int_period_check') }}
)

select
    checks.tool_id,
    checks.from_date,
    checks.to_date,
    checks.source as authoritative_source,
    checks.feed as authoritative_feed,
    checks.compared_source,
    checks.compared_feed,
    checks.measure_name,
    cast(checks.authoritative_total as decimal(24, 6)) as authoritative_total,
    cast(checks.compared_total as decimal(24, 6)) as compared_total,
    checks.both_count,
    checks.authoritative_only_count,
    checks.compared_only_count,
from checks
