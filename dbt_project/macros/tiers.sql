{# The expected thousandths of days at which a week weighs whole; 0 where the policy weighs every week with any alike. #}
{% macro full_week(policies, subjects) -%}
case when {{ policies }}.week_weighting = 'pro_rata' then coalesce({{ subjects }}.weekly_pattern_thousandths, 0) else 0 end
{%- endmacro %}


{# The weight of a week in a mean per week, in thousandths of weeks, by the expected thousandths of its days; `weeks` has the full week. #}
{% macro week_weight(thousandths) -%}
case
    when {{ thousandths }} <= 0 then 0
    when weeks.full_week_thousandths > 0 then least(1000, {{ thousandths }} * 1000 // weeks.full_week_thousandths)
    else 1000
end
{%- endmacro %}


{#
    The rated rules of all policy versions, as rows of this run's seeds. Rules are read when the model runs and written out as one
    CASE per policy: joining each person with each rule takes ten times as long.
#}
{% macro tier_rule_rows() %}
    {%- set rules = ref('tier_rules') -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set query -%}
        select
            rules.policy_id, rules.policy_version, rules.rule_number, rules.minimum_substantive_percent, rules.minimum_active_percent,
            rules.minimum_active_days, rules.minimum_active_weeks, rules.minimum_weekly_mean, rules.above_weekly_mean,
            rules.minimum_breadth, rules.minimum_score, rules.minimum_percentile
        from {{ rules }} as rules
        where rules.is_rated
        order by rules.policy_id, rules.policy_version, rules.rule_number
    {%- endset -%}
    {%- set table = run_query(query) -%}
    {%- set found = [] -%}
    {%- for row in table.rows -%}{%- do found.append(dict(zip(table.column_names, row.values()))) -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{# The number of the first rule that holds in one reading; `figures` names the reading's columns of `evidence`. #}
{% macro deciding_rule(rules, figures) %}
case
    {%- for version in rules | groupby('policy_id') %}
    {%- for numbered in version.list | groupby('policy_version') %}
    when evidence.policy_id = '{{ version.grouper | replace("'", "''") }}' and evidence.policy_version = {{ numbered.grouper }} then
        case
            {%- for rule in numbered.list | sort(attribute='rule_number') %}
            when {{ rule_holds(rule, figures) }} then {{ rule.rule_number }}
            {%- endfor %}
        end
    {%- endfor %}
    {%- endfor %}
    {%- if not rules %}
    when false then 0
    {%- endif %}
end
{% endmacro %}


{# A threshold as a whole number where it is one: comparing decimals takes several times as long. #}
{% macro exact_number(value) -%}
{{ value | int if value == value | int else 'cast(' ~ value ~ ' as decimal(18, 6))' }}
{%- endmacro %}


{# Whether every threshold a rule states is met in one reading. Shares and means are compared by multiplying across: nothing is rounded. #}
{% macro rule_holds(rule, figures) -%}
true
{%- for threshold, share in [('minimum_substantive_percent', 'substantive'), ('minimum_active_percent', 'active')] if rule[threshold] is not none %}
            and evidence.{{ figures.denominator }} > 0
            and evidence.{{ figures[share] }} * 100 >= {{ rule[threshold] }} * evidence.{{ figures.denominator }}
{%- endfor %}
{%- for threshold, count in [
    ('minimum_active_days', 'active_days'), ('minimum_active_weeks', 'reached_weeks'), ('minimum_breadth', 'used_tools'),
] if rule[threshold] is not none %}
            and evidence.{{ figures[count] }} >= {{ rule[threshold] }}
{%- endfor %}
{%- for threshold, comparison in [('minimum_weekly_mean', '>='), ('above_weekly_mean', '>')] if rule[threshold] is not none %}
            and evidence.{{ figures.week_weight }} > 0
            and ({{ figures.is_unbounded }} or evidence.measure_value * 1000 {{ comparison }} {{ exact_number(rule[threshold]) }} * evidence.{{ figures.week_weight }})
{%- endfor %}
{%- if rule.minimum_percentile is not none %}
            and evidence.{{ figures.percentiles }} & {{ 2 ** rule.rule_number }} <> 0
{%- endif %}
{%- if rule.minimum_score is not none %}
            and evidence.{{ figures.scores }} & {{ 2 ** rule.rule_number }} <> 0
{%- endif %}
{%- endmacro %}


{# The columns of int_tier_evidence that one reading of the rules looks at. #}
{% macro tier_readings() %}
    {{ return({
        'observed': {
            'denominator': 'observed_thousandths', 'substantive': 'substantive_thousandths', 'active': 'active_thousandths',
            'active_days': 'active_day_count', 'reached_weeks': 'reached_week_count', 'used_tools': 'used_tool_count',
            'week_weight': 'observed_week_weight', 'is_unbounded': 'false', 'scores': 'observed_score_bits', 'percentiles': 'observed_percentile_bits',
        },
        'low': {
            'denominator': 'expected_thousandths', 'substantive': 'substantive_thousandths', 'active': 'active_thousandths_low',
            'active_days': 'active_day_count', 'reached_weeks': 'reached_week_count', 'used_tools': 'used_tool_count',
            'week_weight': 'week_weight', 'is_unbounded': 'false', 'scores': 'low_score_bits', 'percentiles': 'low_percentile_bits',
        },
        'high': {
            'denominator': 'expected_thousandths', 'substantive': 'substantive_thousandths_high', 'active': 'active_thousandths_high',
            'active_days': 'active_day_count_high', 'reached_weeks': 'reached_week_count_high', 'used_tools': 'used_tool_count_high',
            'week_weight': 'week_weight', 'is_unbounded': 'evidence.has_missing_day', 'scores': 'high_score_bits', 'percentiles': 'high_percentile_bits',
        },
    }) }}
{% endmacro %}


{# A quotient of two whole numbers that are not negative, rounded half up, as a decimal; floats would round some of them wrongly. #}
{% macro rounded_ratio(numerator, denominator, places) -%}
cast(
    (2 * ({{ numerator }}) * {{ 10 ** places }} + ({{ denominator }})) // (2 * ({{ denominator }})) as decimal(38, 0)
) * cast({{ '0.' ~ '0' * (places - 1) ~ '1' }} as decimal(18, {{ places }}))
{%- endmacro %}


{# One bit for each rule of a policy version. #}
{% macro rule_bit(rule_number) -%}cast(power(2, {{ rule_number }}) as bigint){%- endmacro %}


{# Weekdays (1 = Monday) as bits of one number, so that the days of a week are counted and crossed without a row for each. #}
{% macro weekday_bit(weekday) -%}cast(1 << cast({{ weekday }} - 1 as integer) as integer){%- endmacro %}


{# The date of a weekday (1 = Monday) in the week that begins on a Monday. #}
{% macro weekday_date(week_start_date, weekday) -%}{{ week_start_date }} + cast({{ weekday }} - 1 as integer){%- endmacro %}


{# Expected thousandths of the days in a set of weekday bits; `weeks` is the alias of int_person_week. #}
{% macro thousandths_of(days, weeks) -%}
(
    {%- for weekday in range(1, 8) %}
    ((({{ days }}) >> {{ weekday - 1 }}) & 1) * {{ weeks }}.thousandths_{{ weekday }}{{ ' +' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}


{# The expected thousandths of one weekday, given by its number. #}
{% macro thousandths_on(weekday, weeks) -%}
case {{ weekday }}
    {%- for number in range(1, 8) %}
    when {{ number }} then {{ weeks }}.thousandths_{{ number }}
    {%- endfor %}
end
{%- endmacro %}


{# How many days before an as-of date the windows of any policy reach, with a week to spare. #}
{% macro window_reach() -%}
select max(policies.window_length * case when policies.window_unit = 'week' then 7 else 1 end + policies.settle_days + 7) as reach_days
    from {{ ref('tier_policies') }} as policies
{%- endmacro %}


{#
    Days of published facts that this run counts anew: those of `dates` for everybody, and, of weeks that are known, those of people of
    whom something changed. Two branches, so that the dates of everybody decide how much is read where nobody was touched.
#}
{% macro days_to_count(relation) -%}
select
        days.*,
        people.person_number,
        people.is_touched_person,
    from {{ relation }} as days
    inner join dates
        on dates.activity_date = days.activity_date
        and dates.is_for_everybody
    inner join {{ ref('int_tier_person') }} as people
        on people.employee_key = days.employee_key
    union all
    select
        days.*,
        people.person_number,
        people.is_touched_person,
    from {{ relation }} as days
    inner join dates
        on dates.activity_date = days.activity_date
        and not dates.is_for_everybody
    inner join {{ ref('int_tier_person') }} as people
        on people.employee_key = days.employee_key
        and people.is_touched_person
{%- endmacro %}


{# Weeks that are known no longer go, and with them all weeks of people of whom something changed, or who are not included. #}
{% macro delete_unknown_weeks(is_by_scope) %}
    {%- if is_incremental() -%}
        delete from {{ this }} as known
        where not exists (
            select 1
            from {{ ref('int_kept_week') }} as kept
            where kept.week_start_date = known.week_start_date
            {%- if is_by_scope %}
                and kept.scope_number = known.scope_number
            {%- endif %}
        )
            or not exists (
                select 1
                from {{ ref('int_tier_person') }} as people
                where people.person_number = known.person_number
                    and people.is_ever_included
                    and not people.is_touched_person
            )
    {%- endif -%}
{% endmacro %}


{# What is known of a person's week whatever the scope, and of their use in a slice, in the order of the tables that keep them. #}
{% macro person_week_columns() %}
    {{ return([
        'employed_days', 'expected_days',
        'thousandths_1', 'thousandths_2', 'thousandths_3', 'thousandths_4', 'thousandths_5', 'thousandths_6', 'thousandths_7',
    ]) }}
{% endmacro %}

{#
    The rows of a table that keeps such weeks of people of whom nothing changed, as the night before left them; none when all is built anew.
    This run may have added weeks of its own by now: who reads them says which were known. To wait for this run's would hold up everything
    that follows for a table nobody needs.
#}
{% macro weeks_kept_before(identifier, numbers, columns) %}
    {%- set types = dict.fromkeys(numbers, 'integer') -%}
    {%- do types.update({'week_start_date': 'date'}) -%}
    {%- for column in columns -%}
        {%- do types.update({column: 'bigint' if column in ('intentional_action_count', 'used_tools', 'missing_tools') else 'integer'}) -%}
    {%- endfor -%}
    select published.*
    from ({{ published_before('ops', identifier, types, is_read=not should_full_refresh()) }}) as published
    inner join {{ ref('int_tier_person') }} as people
        on people.person_number = published.person_number
        and people.is_ever_included
        and not people.is_touched_person
{%- endmacro %}

{% macro slice_use_columns() %}
    {{ return([
        'active_days', 'substantive_days', 'missing_days',
        'active_thousandths', 'substantive_thousandths', 'unobserved_thousandths', 'possible_substantive_thousandths',
        'active_day_count', 'substantive_day_count', 'unobserved_day_count', 'missing_day_count',
        'intentional_action_count', 'used_tools', 'missing_tools',
        'stand_in_active_thousandths', 'stand_in_substantive_thousandths', 'stand_in_low_active_thousandths',
        'stand_in_high_active_thousandths', 'stand_in_high_substantive_thousandths',
    ]) }}
{% endmacro %}
