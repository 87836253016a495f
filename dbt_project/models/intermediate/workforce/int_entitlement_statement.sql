-- Grain: employee x tool x first day. The statements on access that no higher delivery supersedes.
{{ statements_in_effect('access', 'entitlements', 'int_entitlement_statement', 'stg_access__entitlement', {
    'employee_id': 'varchar',
    'tool_id': 'varchar',
    'status': 'varchar',
    'from_date': 'date',
    'to_date': 'date',
}) }}
