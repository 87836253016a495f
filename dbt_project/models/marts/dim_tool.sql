select
    tools.tool_id,
    tools.vendor_name,
    tools.product_name,
    tools.tool_category,
    tools.automation_note,
from {{ ref('tools') }} as tools
