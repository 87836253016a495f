{{ classified_usage_records(ref('stg_claude_code__usage'), 'claude_code') }}
