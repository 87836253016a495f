{{ config(description='At most one version of dim_employee holds on any date.') }}
{{ overlapping_versions(ref('dim_employee'), 'employee_key') }}
