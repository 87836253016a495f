-- Grain: due tier x scope x person, for policies with a score. Which rules' scores are reached as observed, at the low end (on every
-- step towards it) and at the high end: one bit for each rule number.
with parameters as (
    select
        parts.policy_id,
        parts.policy_version,
        {% for part in ['frequency', 'depth', 'breadth'] -%}
        coalesce(max(case when parts.part_code = '{{ part }}' then parts.weight_percent end), 0) as {{ part }}_weight,
        cast(coalesce(max(case when parts.part_code = '{{ part }}' then parts.full_at end), 1) * 1000 as bigint) as {{ part }}_full,
        {% endfor -%}
    from {{ ref('tier_score_parts') }} as parts
    group by parts.policy_id, parts.policy_version
),

-- each part is a fraction of at most 1; full_at is in thousandths
fractions as (
    select
        figures.*,
        due.policy_id,
        due.policy_version,
        parameters.frequency_weight,
        parameters.depth_weight,
        parameters.breadth_weight,
        least(figures.score_active_thousandths * 1000, parameters.frequency_full * figures.score_denominator) as frequency_part,
        parameters.frequency_full * figures.score_denominator as frequency_whole,
        case
            when figures.is_depth_full then parameters.depth_full * figures.score_day_count
            else least(figures.measure_value * 1000, parameters.depth_full * figures.score_day_count)
        end as depth_part,
        parameters.depth_full * figures.score_day_count as depth_whole,
        least(figures.score_tool_count * 1000, parameters.breadth_full, figures.score_usable_count * 1000) as breadth_part,
        least(parameters.breadth_full, figures.score_usable_count * 1000) as breadth_whole,
    from {{ ref('int_tier_score_figure') }} as figures
    inner join {{ ref('int_tier_due') }} as due
        on due.due_number = figures.due_number
    inner join parameters
        on parameters.policy_id = due.policy_id
        and parameters.policy_version = due.policy_version
),

-- a part whose whole is nothing adds nothing
wholes as (
    select
        fractions.* exclude (frequency_whole, depth_whole, breadth_whole),
        cast(greatest(fractions.frequency_whole, 1) as hugeint) as frequency_whole,
        cast(greatest(fractions.depth_whole, 1) as hugeint) as depth_whole,
        cast(greatest(fractions.breadth_whole, 1) as hugeint) as breadth_whole,
    from fractions
),

scores as (
    select
        wholes.*,
        wholes.frequency_weight * wholes.frequency_part * wholes.depth_whole * wholes.breadth_whole
        + wholes.depth_weight * wholes.depth_part * wholes.frequency_whole * wholes.breadth_whole
        + wholes.breadth_weight * wholes.breadth_part * wholes.frequency_whole * wholes.depth_whole as score_numerator,
        wholes.frequency_whole * wholes.depth_whole * wholes.breadth_whole as score_denominator_product,
    from wholes
),

reached as (
    select
        scores.due_number,
        scores.scope_number,
        scores.person_number,
        scores.reading,
        scores.step_number,
        sum(
            case when scores.score_numerator >= rules.minimum_score * scores.score_denominator_product then rules.rule_bit else 0 end
        ) as rule_bits,
    from scores
    inner join (
        select
            rules.policy_id,
            rules.policy_version,
            rules.minimum_score,
            {{ rule_bit('rules.rule_number') }} as rule_bit,
        from {{ ref('tier_rules') }} as rules
        where rules.minimum_score is not null
    ) as rules
        on rules.policy_id = scores.policy_id
        and rules.policy_version = scores.policy_version
    group by
        scores.due_number,
        scores.scope_number,
        scores.person_number,
        scores.reading,
        scores.step_number
),

final as (
    select
        reached.due_number,
        reached.scope_number,
        reached.person_number,
        {% for reading in ['observed', 'low', 'high'] -%}
        cast(bit_and(case when reached.reading = '{{ reading }}' then cast(reached.rule_bits as bigint) end) as bigint) as {{ reading }}_rule_bits,
        {% endfor -%}
    from reached
    group by
        reached.due_number,
        reached.scope_number,
        reached.person_number
)

select * from final
