{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where week_start_date + 6 in (select touched.as_of_date from {{ ref('int_touched_as_of_date') }} as touched){% endif %}",
) }}

-- depends_on: {{ ref('int_touched_as_of_date') }} (the hook before it names the rows to replace)
-- the tier as of the week's Sunday; the running week has none yet and is absent
select
    tiers.policy_id,
    tiers.policy_version,
    tiers.scope_code,
    tiers.employee_key,
    tiers.as_of_date - 6 as week_start_date,
    tiers.tier_code,
    tiers.tier_low_code,
    tiers.tier_high_code,
    tiers.is_firm,
    tiers.reason_code,
    cast(tiers.expected_thousandths / 1000.0 as decimal(9, 3)) as expected_day_count,
    cast(tiers.observed_thousandths / 1000.0 as decimal(9, 3)) as observed_day_count,
    cast(tiers.active_thousandths / 1000.0 as decimal(9, 3)) as active_day_count,
    cast(tiers.substantive_thousandths / 1000.0 as decimal(9, 3)) as substantive_day_count,
    cast(tiers.active_week_count as integer) as active_week_count,
    cast(tiers.intentional_action_count as bigint) as intentional_action_count,
    case
        when tiers.expected_thousandths > 0
            then cast(round(tiers.observed_thousandths / cast(tiers.expected_thousandths as double), 4) as decimal(5, 4))
    end as coverage_fraction,
from {{ ref('int_tier_evaluated') }} as tiers
where {{ iso_weekday('tiers.as_of_date') }} = 7
