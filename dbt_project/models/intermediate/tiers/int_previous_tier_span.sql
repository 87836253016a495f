-- Grain: policy x scope x employee x validity. The spans of tiers as they stand before this run writes them.
{{ config(materialized='ephemeral') }}
{{ published_before('marts', 'dim_employee_tier', {
    'policy_id': 'varchar',
    'policy_version': 'integer',
    'scope_code': 'varchar',
    'employee_key': 'varchar',
    'tier_code': 'varchar',
    'tier_low_code': 'varchar',
    'tier_high_code': 'varchar',
    'is_firm': 'boolean',
    'reason_code': 'varchar',
    'valid_from': 'date',
    'valid_to': 'date',
}) }}
