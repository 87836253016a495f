-- Grain: employee x work date. The statements of rotas that no higher delivery supersedes.
{{ statements_in_effect('hr', 'rota', 'int_rota_statement', 'stg_hr__rota', {
    'employee_id': 'varchar',
    'work_date': 'date',
    'day_fraction': 'decimal(4, 3)',
}) }}
