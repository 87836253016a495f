-- Grain: policy x scope x employee. What the generation before says of first use and first habit.
{{ published_before('marts', 'fct_employee_adoption_milestone', {
    'policy_id': 'varchar',
    'scope_code': 'varchar',
    'employee_key': 'varchar',
    'first_used_date': 'date',
    'first_used_tool_id': 'varchar',
    'first_habit_week_start_date': 'date',
}) }}
