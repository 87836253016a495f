{# The weight of a week in a mean per week, in thousandths; `weeks` also holds the policy's weighting and the person's weekly pattern. #}
{% macro week_weight(thousandths) -%}
case
    when {{ thousandths }} <= 0 then 0
    when weeks.week_weighting = 'pro_rata' and weeks.weekly_pattern_thousandths > 0
        then least(1000, {{ thousandths }} * 1000 // weeks.weekly_pattern_thousandths)
    else 1000
end
{%- endmacro %}


{#
    Whether every threshold of a rule is met in one reading. `evidence` and `rules` are the relations' aliases; `figures` names the
    reading's columns. Shares, means and scores are compared by multiplying across: nothing is rounded.
#}
{% macro rule_holds(figures) %}
(
    (
        rules.minimum_substantive_percent is null
        or (
            evidence.{{ figures.denominator }} > 0
            and evidence.{{ figures.substantive }} * 100 >= rules.minimum_substantive_percent * evidence.{{ figures.denominator }}
        )
    )
    and (
        rules.minimum_active_percent is null
        or (
            evidence.{{ figures.denominator }} > 0
            and evidence.{{ figures.active }} * 100 >= rules.minimum_active_percent * evidence.{{ figures.denominator }}
        )
    )
    and (rules.minimum_active_days is null or evidence.{{ figures.active_days }} >= rules.minimum_active_days)
    and (rules.minimum_active_weeks is null or evidence.{{ figures.reached_weeks }} >= rules.minimum_active_weeks)
    and (rules.minimum_breadth is null or evidence.{{ figures.used_tools }} >= rules.minimum_breadth)
    {% for threshold, comparison in [
        ('rules.minimum_weekly_mean', '>='), ('rules.above_weekly_mean', '>'), ('evidence.percentile_weekly_mean', '>='),
    ] -%}
    and (
        {{ 'rules.minimum_percentile' if threshold == 'evidence.percentile_weekly_mean' else threshold }} is null
        or (
            evidence.{{ figures.week_weight }} > 0
            and (
                {{ figures.is_unbounded }}
                or cast(evidence.measure_value as hugeint) * 1000 * 1000000
                {{ comparison }} cast({{ threshold }} * 1000000 as hugeint) * evidence.{{ figures.week_weight }}
            )
        )
    )
    {% endfor -%}
    and (rules.minimum_score is null or {{ figures.score_holds }})
)
{% endmacro %}


{# The columns of int_tier_evidence that one reading of the rules looks at. #}
{% macro tier_readings() %}
    {{ return({
        'observed': {
            'denominator': 'observed_thousandths', 'substantive': 'substantive_thousandths', 'active': 'active_thousandths',
            'active_days': 'active_day_count', 'reached_weeks': 'reached_week_count', 'used_tools': 'used_tool_count',
            'week_weight': 'observed_week_weight', 'is_unbounded': 'false', 'score_holds': 'evidence.observed_score_holds',
        },
        'low': {
            'denominator': 'expected_thousandths', 'substantive': 'substantive_thousandths', 'active': 'active_thousandths_low',
            'active_days': 'active_day_count', 'reached_weeks': 'reached_week_count', 'used_tools': 'used_tool_count',
            'week_weight': 'week_weight', 'is_unbounded': 'false', 'score_holds': 'evidence.low_score_holds',
        },
        'high': {
            'denominator': 'expected_thousandths', 'substantive': 'substantive_thousandths_high', 'active': 'active_thousandths_high',
            'active_days': 'active_day_count_high', 'reached_weeks': 'reached_week_count_high', 'used_tools': 'used_tool_count_high',
            'week_weight': 'week_weight', 'is_unbounded': 'evidence.has_missing_day', 'score_holds': 'evidence.high_score_holds',
        },
    }) }}
{% endmacro %}


{# A quotient of two whole numbers that are not negative, rounded half up, as a decimal; floats would round some of them wrongly. #}
{% macro rounded_ratio(numerator, denominator, places) -%}
cast(
    (2 * ({{ numerator }}) * {{ 10 ** places }} + ({{ denominator }})) // (2 * ({{ denominator }})) as decimal(38, 0)
) * cast({{ '0.' ~ '0' * (places - 1) ~ '1' }} as decimal(18, {{ places }}))
{%- endmacro %}
