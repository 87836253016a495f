-- Grain: landed record of a touched date. Where each record of chatgpt/conversation_messages went, and whose it is.
{{ classified_usage_records(ref('stg_chatgpt__message'), 'chatgpt') }}
