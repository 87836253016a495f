{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_reconciled() }}",
) }}

-- depends_on: {{ ref('int_touched_date') }} (the hook before it names the rows to replace)
select
    reconciliation.source,
    reconciliation.feed,
    reconciliation.activity_date,
    reconciliation.record_count,
    reconciliation.accepted_count,
    reconciliation.duplicate_count,
    reconciliation.rejected_count,
    reconciliation.unresolved_count,
    reconciliation.non_human_count,
from {{ ref('int_reconciliation') }} as reconciliation
