{{ classified_usage_records(ref('stg_github_copilot__user_day'), 'github_copilot') }}
