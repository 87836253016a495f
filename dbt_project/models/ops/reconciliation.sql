{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where (source, feed) not in ({{ usage_feed_names() }}) or activity_date is null or activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched){% endif %}",
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
