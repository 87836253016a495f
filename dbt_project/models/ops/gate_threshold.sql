select
    thresholds.check_name,
    thresholds.threshold_name,
    thresholds.threshold_value,
    thresholds.reason,
    thresholds.valid_from,
from {{ ref('gate_thresholds') }} as thresholds
