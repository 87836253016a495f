-- Grain: landed record of a touched date. Where each record of claude_code/usage_report went, and whose it is.
{{ classified_usage_records(ref('stg_claude_code__usage'), 'claude_code') }}
