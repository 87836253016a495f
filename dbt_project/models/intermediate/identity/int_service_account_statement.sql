-- Grain: source x account x first day. The statements on accounts and keys that no higher delivery supersedes.
{{ statements_in_effect('identity', 'service_accounts', 'int_service_account_statement', 'stg_identity__service_account', {
    'account_source': 'varchar',
    'account_name': 'varchar',
    'account_kind': 'varchar',
    'owner_employee_id': 'varchar',
    'from_date': 'date',
    'to_date': 'date',
}) }}
