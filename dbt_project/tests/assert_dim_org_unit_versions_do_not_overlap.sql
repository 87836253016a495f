{{ config(description='At most one version of dim_org_unit holds on any date.') }}
{{ overlapping_versions(ref('dim_org_unit'), 'org_unit_id') }}
