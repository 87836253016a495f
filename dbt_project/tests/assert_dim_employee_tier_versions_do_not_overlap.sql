{{ config(description='At most one version of dim_employee_tier holds on any date.') }}
{{ overlapping_versions(ref('dim_employee_tier'), 'policy_id, scope_code, employee_key') }}
