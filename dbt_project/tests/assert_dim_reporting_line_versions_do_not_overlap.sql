{{ config(description='At most one version of dim_reporting_line holds on any date.') }}
{{ overlapping_versions(ref('dim_reporting_line'), 'manager_key, employee_key') }}
