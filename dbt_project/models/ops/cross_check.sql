{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_touched('from_date') }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    checks.tool_id,
    checks.activity_date as from_date,
    checks.activity_date as to_date,
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
from {{ ref('int_cross_check') }} as checks
