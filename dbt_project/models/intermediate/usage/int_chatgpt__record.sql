{{ classified_usage_records(ref('stg_chatgpt__message'), 'chatgpt') }}
