-- Grain: landed record of a touched date. Where each record of github_copilot/users_1_day went, and whose it is.
{{ classified_usage_records(ref('stg_github_copilot__user_day'), 'github_copilot') }}
