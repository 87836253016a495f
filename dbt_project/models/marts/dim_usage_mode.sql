select
    modes.mode_code,
    modes.mode_name,
    modes.floor_text,
from {{ ref('usage_modes') }} as modes
