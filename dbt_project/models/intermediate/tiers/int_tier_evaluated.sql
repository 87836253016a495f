with evidence as (
    select * from {{ ref('int_tier_evidence') }}
),

-- three readings of the same evidence: as observed, with every missing day idle, with every missing day full
readings as (
    select
        evidence.*,
        'observed' as reading,
        evidence.observed_thousandths as denominator,
        evidence.substantive_thousandths as substantive,
        evidence.active_thousandths as active,
        evidence.has_active_day as any_active,
    from evidence
    union all
    select
        evidence.*,
        'low' as reading,
        evidence.expected_thousandths as denominator,
        evidence.substantive_thousandths as substantive,
        evidence.active_thousandths as active,
        evidence.has_active_day as any_active,
    from evidence
    union all
    select
        evidence.*,
        'high' as reading,
        evidence.expected_thousandths as denominator,
        evidence.substantive_thousandths + evidence.possible_substantive_thousandths as substantive,
        evidence.active_thousandths + evidence.possible_active_thousandths as active,
        evidence.has_active_day or evidence.has_uncovered_day as any_active,
    from evidence
),

-- shares are compared by multiplying across: no fraction is ever rounded
matched as (
    select
        readings.policy_id,
        readings.policy_version,
        readings.scope_code,
        readings.employee_key,
        readings.as_of_date,
        readings.reading,
        rules.tier_code,
        rules.rule_number,
        row_number() over (
            partition by
                readings.policy_id,
                readings.scope_code,
                readings.employee_key,
                readings.as_of_date,
                readings.reading
            order by rules.rule_number
        ) as preference,
    from readings
    inner join {{ ref('tier_rules') }} as rules
        on rules.policy_id = readings.policy_id
        and rules.policy_version = readings.policy_version
        and rules.is_rated
        and (
            rules.minimum_substantive_percent is null
            or (
                readings.denominator > 0
                and readings.substantive * 100 >= rules.minimum_substantive_percent * readings.denominator
            )
        )
        and (
            rules.minimum_active_percent is null
            or (
                readings.denominator > 0
                and readings.active * 100 >= rules.minimum_active_percent * readings.denominator
            )
        )
        and (not rules.needs_active_day or readings.any_active)
),

tiers as (
    select
        matched.policy_id,
        matched.scope_code,
        matched.employee_key,
        matched.as_of_date,
        max(case when matched.reading = 'observed' then matched.tier_code end) as observed_tier_code,
        max(case when matched.reading = 'low' then matched.tier_code end) as low_tier_code,
        max(case when matched.reading = 'high' then matched.tier_code end) as high_tier_code,
    from matched
    where matched.preference = 1
    group by matched.policy_id, matched.scope_code, matched.employee_key, matched.as_of_date
),

reasoned as (
    select
        evidence.*,
        tiers.observed_tier_code,
        tiers.low_tier_code,
        tiers.high_tier_code,
        case
            when not evidence.has_access and not evidence.has_active_day then 'no_access'
            when evidence.expected_thousandths < least(evidence.minimum_expected_thousandths, evidence.minimum_pattern_thousandths)
                then case when evidence.hired_date >= evidence.window_from then 'too_new' else 'absent' end
        end as not_rated_reason,
        evidence.observed_thousandths * 100 < evidence.coverage_floor_percent * evidence.expected_thousandths
            and tiers.low_tier_code <> tiers.high_tier_code as is_unknown,
    from evidence
    inner join tiers
        on tiers.policy_id = evidence.policy_id
        and tiers.scope_code = evidence.scope_code
        and tiers.employee_key = evidence.employee_key
        and tiers.as_of_date = evidence.as_of_date
),

final as (
    select
        reasoned.policy_id,
        reasoned.policy_version,
        reasoned.scope_code,
        reasoned.employee_key,
        reasoned.as_of_date,
        case
            when reasoned.not_rated_reason is not null then 'not_rated'
            when reasoned.is_unknown then 'unknown'
            else reasoned.observed_tier_code
        end as tier_code,
        case when reasoned.not_rated_reason is null then reasoned.low_tier_code end as tier_low_code,
        case when reasoned.not_rated_reason is null then reasoned.high_tier_code end as tier_high_code,
        case when reasoned.not_rated_reason is null then reasoned.low_tier_code = reasoned.high_tier_code end as is_firm,
        coalesce(reasoned.not_rated_reason, case when reasoned.is_unknown then 'coverage' end) as reason_code,
        reasoned.expected_thousandths,
        reasoned.observed_thousandths,
        reasoned.active_thousandths,
        reasoned.substantive_thousandths,
        reasoned.active_week_count,
        reasoned.intentional_action_count,
    from reasoned
)

select * from final
