-- Grain: policy version x evaluation kind x scope x employee x as-of date. The tier, its range and its reason, by name;
-- due_number is the one it was evaluated under.
{{ config(materialized='scratch_view') }}
with rules as (
    select
        due.due_number,
        rules.rule_number,
        rules.tier_code,
    from {{ ref('int_tier_due') }} as due
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = due.policy_id
        and rules.policy_version = due.policy_version
),

scopes as (
    select distinct
        scopes.scope_code,
        scopes.scope_number,
    from {{ ref('int_scope_tool_mode') }} as scopes
),

final as (
    select
        decided.due_number,
        decided.scope_number,
        decided.person_number,
        due.policy_id,
        due.policy_version,
        due.evaluation_kind,
        scopes.scope_code,
        people.employee_key,
        due.as_of_date,
        due.window_from,
        due.window_to,
        case
            when decided.low_rule_number is null then 'not_rated'
            when decided.rule_number is null then 'unknown'
            else observed_rules.tier_code
        end as tier_code,
        low_rules.tier_code as tier_low_code,
        high_rules.tier_code as tier_high_code,
        low_rules.tier_code = high_rules.tier_code as is_firm,
        decided.reason_code,
        decided.rule_number,
    from {{ ref('int_tier_subject') }} as subjects
    inner join {{ ref('int_tier_decided') }} as decided
        on decided.due_number = subjects.evaluated_number
        and decided.person_number = subjects.person_number
    inner join {{ ref('int_tier_due') }} as due
        on due.due_number = subjects.due_number
    inner join scopes
        on scopes.scope_number = decided.scope_number
    inner join {{ ref('int_tier_person') }} as people
        on people.person_number = decided.person_number
    {% for rules, rule_number in [
        ('observed_rules', 'rule_number'), ('low_rules', 'low_rule_number'), ('high_rules', 'high_rule_number'),
    ] -%}
    left join rules as {{ rules }}
        on {{ rules }}.due_number = decided.due_number
        and {{ rules }}.rule_number = decided.{{ rule_number }}
    {% endfor %}
)

select * from final
