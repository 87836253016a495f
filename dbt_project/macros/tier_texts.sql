{#
    Everything that says in plain words why somebody has their tier. One query, written from the rows of any policy, so that the
    night (fct_employee_tier_evidence) and `adoption explain` say the same; the latter renders this file without dbt, so nothing
    here refers to a model. Shares, means and scores are shown rounded down: none looks as if it reached what it did not.
    Wording stays arithmetic: what was counted, what a rule asks for. Never what somebody ought to do.
#}
{% macro threshold_kinds() -%}
minimum_substantive_percent minimum_active_percent minimum_active_days minimum_active_weeks minimum_weekly_mean above_weekly_mean minimum_breadth minimum_score minimum_percentile
{%- endmacro %}


{# A decimal without the zeros at its end. #}
{% macro plain(value) -%}
trim(trailing '.' from trim(trailing '0' from cast({{ value }} as varchar)))
{%- endmacro %}

{# A whole number of 10^-places as text. #}
{% macro plain_parts(number, places) -%}
{{ plain("cast(" ~ number ~ " as decimal(38, 0)) * cast('" ~ '0.' ~ '0' * (places - 1) ~ '1' ~ "' as decimal(18, " ~ places ~ "))") }}
{%- endmacro %}

{# Thousandths of days as text. #}
{% macro plain_days(thousandths) -%}{{ plain_parts(thousandths, 3) }}{%- endmacro %}

{% macro counted(number, noun) -%}
(cast({{ number }} as varchar) || ' {{ noun }}' || case when {{ number }} = 1 then '' else 's' end)
{%- endmacro %}

{# The same of what the policy counts: actions, active days or substantive days. #}
{% macro counted_measure(number, between='') -%}
(cast({{ number }} as varchar) || ' {{ between }}' || asked.measure_noun || case when {{ number }} = 1 then '' else 's' end)
{%- endmacro %}

{% macro divided_up(numerator, denominator) -%}
(({{ numerator }}) + ({{ denominator }}) - 1) // ({{ denominator }})
{%- endmacro %}

{# The same with their noun. #}
{% macro counted_days(thousandths, noun) -%}
({{ plain_days(thousandths) }} || ' {{ noun }}' || case when {{ thousandths }} = 1000 then '' else 's' end)
{%- endmacro %}

{% macro capitalised(text) -%}upper(substr({{ text }}, 1, 1)) || substr({{ text }}, 2){%- endmacro %}

{# So many per cent of something, rounded down to one decimal. #}
{% macro percent(numerator, denominator) -%}
{{ plain_parts('(cast(' ~ numerator ~ ' as bigint) * 1000 // ' ~ denominator ~ ')', 1) }} || ' %'
{%- endmacro %}

{# How much of the measure a mean per week takes, W being in thousandths of weeks. #}
{% macro needed_measure(mean) -%}
{{ divided_up('cast(' ~ mean ~ ' * 1000000 as hugeint) * asked.observed_week_weight', 'cast(1000000000 as hugeint)') }}
{%- endmacro %}

{% macro weekly_mean_words() -%}
{{ counted_measure('asked.measure_value') }} || case
    when asked.observed_week_weight > 0
        then ' in ' || {{ plain_days('asked.observed_week_weight') }} || case when asked.observed_week_weight = 1000 then ' week, ' else ' weeks, ' end
            || {{ plain_parts('(cast(asked.measure_value as hugeint) * 100000 // asked.observed_week_weight)', 2) }} || ' a week on average'
    else ', in no week that was expected and observed'
end
{%- endmacro %}


{#
    The wording of one kind of threshold, as an SQL text. `rules` is the alias of the rule's row, `cutoff` the column with the weekly
    mean of its percentile. part = 'value': what was counted against what is asked for; 'gap': the least that is lacking, NULL where
    nothing is.
#}
{% macro threshold_words(kind, rules, cutoff, part) -%}
{%- set threshold = rules ~ '.' ~ kind -%}
{%- if kind in ('minimum_substantive_percent', 'minimum_active_percent') -%}
    {%- set use = 'substantive use' if kind == 'minimum_substantive_percent' else 'use' -%}
    {%- set person_days = 'asked.substantive_thousandths' if kind == 'minimum_substantive_percent' else 'asked.active_thousandths' -%}
    {%- if part == 'value' -%}
case
    when asked.observed_thousandths > 0
        then '{{ use }} on ' || {{ plain_days(person_days) }} || ' of ' || {{ plain_days('asked.observed_thousandths') }}
            || ' observed expected days (' || {{ percent(person_days, 'asked.observed_thousandths') }}
            || '; at least ' || {{ threshold }} || ' % needed)'
    else '{{ use }} on no day, as no expected day was observed (at least ' || {{ threshold }} || ' % needed)'
end
    {%- else -%}
case
    when asked.observed_thousandths = 0 then 'an observed expected day with {{ use }}'
    when {{ person_days }} * 100 < {{ threshold }} * asked.observed_thousandths
        then '{{ use }} on ' || {{ counted(divided_up(threshold ~ ' * asked.observed_thousandths - ' ~ person_days ~ ' * 100', '100000'), 'more full expected day') }}
end
    {%- endif -%}
{%- elif kind == 'minimum_active_days' -%}
    {%- if part == 'value' -%}
'use on ' || {{ counted('asked.active_day_count', 'day') }} || ', days off included (at least ' || {{ threshold }} || ' needed)'
    {%- else -%}
case when asked.active_day_count < {{ threshold }} then 'use on ' || {{ counted('(' ~ threshold ~ ' - asked.active_day_count)', 'more day') }} end
    {%- endif -%}
{%- elif kind == 'minimum_active_weeks' -%}
    {%- if part == 'value' -%}
{{ counted('asked.reached_week_count', 'week') }} || ' with at least ' || {{ counted_measure('asked.active_week_minimum') }} || ' (at least ' || {{ threshold }} || ' needed)'
    {%- else -%}
case
    when asked.reached_week_count < {{ threshold }}
        then {{ counted('(' ~ threshold ~ ' - asked.reached_week_count)', 'more week') }} || ' with at least ' || {{ counted_measure('asked.active_week_minimum') }}
end
    {%- endif -%}
{%- elif kind in ('minimum_weekly_mean', 'above_weekly_mean', 'minimum_percentile') -%}
    {%- set mean = cutoff if kind == 'minimum_percentile' else threshold -%}
    {%- if part == 'value' -%}
{{ weekly_mean_words() }} || ' ('
        {%- if kind == 'minimum_percentile' %}
|| 'percentile ' || {{ threshold }} || ' of ' || case
    when asked.group_level = 'company' then 'the company, the line of business being too small for cut-offs of its own'
    else 'the line of business'
end || ': at least '
        {%- else %} || '{{ 'more than ' if kind == 'above_weekly_mean' else 'at least ' }}'
        {%- endif %} || {{ plain(mean) }} || ' needed)'
    {%- else -%}
case
    when asked.observed_week_weight = 0 then 'a week that was expected and observed'
        {%- if kind == 'above_weekly_mean' %}
    when asked.measure_value * cast(1000000000 as hugeint) <= cast({{ mean }} * 1000000 as hugeint) * asked.observed_week_weight
        then {{ counted_measure('(cast(' ~ mean ~ ' * 1000000 as hugeint) * asked.observed_week_weight // 1000000000 + 1 - asked.measure_value)', 'more ') }} || ' in the same weeks'
        {%- else %}
    when asked.measure_value * cast(1000000000 as hugeint) < cast({{ mean }} * 1000000 as hugeint) * asked.observed_week_weight
        then {{ counted_measure('(' ~ needed_measure(mean) ~ ' - asked.measure_value)', 'more ') }} || ' in the same weeks'
            {{- " || ' with these cut-offs'" if kind == 'minimum_percentile' }}
        {%- endif %}
end
    {%- endif -%}
{%- elif kind == 'minimum_breadth' -%}
    {%- if part == 'value' -%}
{{ counted('asked.used_tool_count', 'tool') }} || ' used (at least ' || {{ threshold }} || ' needed)'
    {%- else -%}
case when asked.used_tool_count < {{ threshold }} then 'use of ' || {{ counted('(' ~ threshold ~ ' - asked.used_tool_count)', 'more tool') }} end
    {%- endif -%}
{%- elif kind == 'minimum_score' -%}
    {%- if part == 'value' -%}
'a score of ' || {{ plain('asked.score_of_100') }} || ' of 100 (at least ' || {{ threshold }} || ' needed), from '
|| concat_ws(', ',
    case when asked.frequency_weight > 0 then {{ plain('asked.frequency_points') }} || ' of ' || asked.frequency_weight || ' points for frequency (use on '
        || {{ plain_days('asked.active_thousandths') }} || ' of ' || {{ plain_days('asked.observed_thousandths') }} || ' observed expected days)' end,
    case when asked.depth_weight > 0 then {{ plain('asked.depth_points') }} || ' of ' || asked.depth_weight || ' points for depth ('
        || {{ counted_measure('asked.measure_value') }} || ' on ' || {{ counted('asked.active_day_count', 'active day') }} || ')' end,
    case when asked.breadth_weight > 0 then {{ plain('asked.breadth_points') }} || ' of ' || asked.breadth_weight || ' points for breadth ('
        || asked.used_tool_count || ' of ' || {{ counted('asked.usable_tool_count', 'tool') }} || ')' end
)
    {%- else -%}
        {%- set lacking = '(' ~ threshold ~ ' * asked.score_whole - asked.score_part)' %}
case
    when asked.score_part < {{ threshold }} * asked.score_whole
        then {{ plain_parts(divided_up(lacking ~ ' * 10000', 'asked.score_whole'), 4) }} || ' more points'
        || coalesce(', for which each of these alone is enough: ' || nullif(concat_ws(', or ',
            {%- set needed = '(asked.frequency_part + ' ~ divided_up(lacking ~ ' * asked.frequency_whole', 'asked.score_whole * greatest(asked.frequency_weight, 1)') ~ ')' %}
            case when asked.frequency_weight > 0 and asked.observed_thousandths > 0 and asked.active_day_count > 0 and {{ needed }} <= asked.frequency_whole
                then 'use on ' || {{ counted(divided_up(divided_up(needed, '1000') ~ ' - asked.active_thousandths', '1000'), 'more full expected day') }} || ' with as much done on each as on the others'
            end,
            {%- set needed = '(asked.depth_part + ' ~ divided_up(lacking ~ ' * asked.depth_whole', 'asked.score_whole * greatest(asked.depth_weight, 1)') ~ ')' %}
            case when asked.depth_weight > 0 and asked.active_day_count > 0 and {{ needed }} <= asked.depth_whole
                then {{ counted_measure('(' ~ divided_up(needed, '1000') ~ ' - asked.measure_value)', 'more ') }} || ' on the same active days'
            end,
            {%- set needed = '(asked.breadth_part + ' ~ divided_up(lacking ~ ' * asked.breadth_whole', 'asked.score_whole * greatest(asked.breadth_weight, 1)') ~ ')' %}
            case when asked.breadth_weight > 0 and asked.usable_tool_count > 0 and {{ needed }} <= asked.breadth_whole
                then 'use of ' || {{ counted('(' ~ divided_up(needed, '1000') ~ ' - asked.used_tool_count)', 'more tool') }} || ' with as much done on each active day'
            end
        ), ''), ', which no part of the score alone can give')
end
    {%- endif -%}
{%- endif -%}
{%- endmacro %}


{# All thresholds that a rule states, in words; NULL or empty where it states none. #}
{% macro rule_words(rules, cutoff, part, separator) -%}
concat_ws('{{ separator }}'
    {%- for kind in threshold_kinds().split() %},
    case when {{ rules }}.{{ kind }} is not null then {{ threshold_words(kind, rules, cutoff, part) }} end
    {%- endfor %}
)
{%- endmacro %}


{#
    Grain: that of `figures`, which it returns with the score and the four texts. All arguments are names of relations: `figures` has
    the columns of int_tier_figure (first columns of its own), the day counts of int_evidence_day_count and the missing feeds of
    int_evidence_missing_feed; the others are as the seeds, and int_tier_cutoff.
#}
{% macro tier_texts(figures, policies, rules, parts, cutoffs) %}
with score_parameters as (
    select
        parts.policy_id,
        parts.policy_version,
        {% for part in ['frequency', 'depth', 'breadth'] -%}
        coalesce(max(case when parts.part_code = '{{ part }}' then parts.weight_percent end), 0) as {{ part }}_weight,
        cast(coalesce(max(case when parts.part_code = '{{ part }}' then parts.full_at end), 1) * 1000 as bigint) as {{ part }}_full,
        {% endfor -%}
    from {{ parts }} as parts
    group by parts.policy_id, parts.policy_version
),

-- each part is a fraction of at most 1; a part whose whole is nothing adds nothing
fractions as (
    select
        figures.*,
        parameters.frequency_weight,
        parameters.depth_weight,
        parameters.breadth_weight,
        cast(least(figures.active_thousandths * 1000, parameters.frequency_full * figures.observed_thousandths) as hugeint) as frequency_part,
        cast(greatest(parameters.frequency_full * figures.observed_thousandths, 1) as hugeint) as frequency_whole,
        cast(least(figures.measure_value * 1000, parameters.depth_full * figures.active_day_count) as hugeint) as depth_part,
        cast(greatest(parameters.depth_full * figures.active_day_count, 1) as hugeint) as depth_whole,
        cast(least(figures.used_tool_count * 1000, parameters.breadth_full, figures.usable_tool_count * 1000) as hugeint) as breadth_part,
        cast(greatest(least(parameters.breadth_full, figures.usable_tool_count * 1000), 1) as hugeint) as breadth_whole,
    from {{ figures }} as figures
    left join score_parameters as parameters
        on parameters.policy_id = figures.policy_id
        and parameters.policy_version = figures.policy_version
),

products as (
    select
        fractions.*,
        {% for part in ['frequency', 'depth', 'breadth'] -%}
        {{ plain_points('fractions.' ~ part ~ '_weight * fractions.' ~ part ~ '_part', 'fractions.' ~ part ~ '_whole') }} as {{ part }}_points,
        {% endfor -%}
        fractions.frequency_weight * fractions.frequency_part * fractions.depth_whole * fractions.breadth_whole
        + fractions.depth_weight * fractions.depth_part * fractions.frequency_whole * fractions.breadth_whole
        + fractions.breadth_weight * fractions.breadth_part * fractions.frequency_whole * fractions.depth_whole as score_part,
        fractions.frequency_whole * fractions.depth_whole * fractions.breadth_whole as score_whole,
    from fractions
),

-- what the tier above asks for: of the tiers of a higher rank the lowest, of several rules for it the one tried last
next_rules as (
    select
        rules.policy_id,
        rules.policy_version,
        rules.rule_number,
        max(higher.rule_number) as next_rule_number,
    from {{ rules }} as rules
    inner join {{ rules }} as higher
        on higher.policy_id = rules.policy_id
        and higher.policy_version = rules.policy_version
        and higher.is_rated
        and higher.tier_rank = (
            select min(above.tier_rank)
            from {{ rules }} as above
            where above.policy_id = rules.policy_id
                and above.policy_version = rules.policy_version
                and above.is_rated
                and above.tier_rank > rules.tier_rank
        )
    where rules.is_rated
    group by rules.policy_id, rules.policy_version, rules.rule_number
),

asked as (
    select
        products.*,
        {{ plain_points('products.score_part', 'products.score_whole') }} as score_of_100,
        policies.active_week_minimum,
        policies.off_days_stand_in,
        policies.coverage_floor_percent,
        case policies.measure_code
            when 'active_day_count' then 'active day'
            when 'substantive_day_count' then 'substantive day'
            else 'action'
        end as measure_noun,
        next_rules.next_rule_number,
        decided_cutoffs.weekly_mean as decided_cutoff,
        next_cutoffs.weekly_mean as next_cutoff,
        low_rules.tier_name as low_tier_name,
        high_rules.tier_name as high_tier_name,
    from products
    inner join {{ policies }} as policies
        on policies.policy_id = products.policy_id
        and policies.policy_version = products.policy_version
    left join {{ rules }} as decided
        on decided.policy_id = products.policy_id
        and decided.policy_version = products.policy_version
        and decided.rule_number = products.rule_number
    left join next_rules
        on next_rules.policy_id = products.policy_id
        and next_rules.policy_version = products.policy_version
        and next_rules.rule_number = products.rule_number
    left join {{ rules }} as higher
        on higher.policy_id = products.policy_id
        and higher.policy_version = products.policy_version
        and higher.rule_number = next_rules.next_rule_number
    {% for cutoff, rule in [('decided_cutoffs', 'decided'), ('next_cutoffs', 'higher')] -%}
    left join {{ cutoffs }} as {{ cutoff }}
        on {{ cutoff }}.policy_id = products.policy_id
        and {{ cutoff }}.policy_version = products.policy_version
        and {{ cutoff }}.scope_code = products.scope_code
        and {{ cutoff }}.group_level = products.group_level
        and {{ cutoff }}.group_code = products.group_code
        and {{ cutoff }}.valid_from = products.cutoffs_from
        and {{ cutoff }}.percentile = {{ rule }}.minimum_percentile
    {% endfor -%}
    {% for bound in ['low', 'high'] -%}
    left join {{ rules }} as {{ bound }}_rules
        on {{ bound }}_rules.policy_id = products.policy_id
        and {{ bound }}_rules.policy_version = products.policy_version
        and {{ bound }}_rules.tier_code = products.tier_{{ bound }}_code
    {% endfor %}
),

worded as (
    select
        asked.*,
        coalesce(published.tier_name, asked.tier_code) as tier_name,
        published.rule_text as stated_rule_text,
        higher.tier_name as next_tier_name,
        {{ rule_words('decided', 'asked.decided_cutoff', 'value', '; ') }} as decided_values,
        {{ rule_words('decided', 'asked.decided_cutoff', 'gap', ' and ') }} as decided_gaps,
        {{ rule_words('higher', 'asked.next_cutoff', 'value', '; ') }} as next_values,
        {{ rule_words('higher', 'asked.next_cutoff', 'gap', ' and ') }} as next_gaps,
    from asked
    left join {{ rules }} as published
        on published.policy_id = asked.policy_id
        and published.policy_version = asked.policy_version
        and published.tier_code = asked.tier_code
        and (asked.rule_number is null or published.rule_number = asked.rule_number)
    left join {{ rules }} as decided
        on decided.policy_id = asked.policy_id
        and decided.policy_version = asked.policy_version
        and decided.rule_number = asked.rule_number
    left join {{ rules }} as higher
        on higher.policy_id = asked.policy_id
        and higher.policy_version = asked.policy_version
        and higher.rule_number = asked.next_rule_number
),

final as (
    select
        worded.*,
        {{ tier_rule_text() }} as rule_text,
        {{ tier_thresholds_text() }} as thresholds_text,
        {{ tier_next_text() }} as next_tier_text,
        {{ tier_days_text() }} as days_text,
    from worded
)

select * from final
{% endmacro %}


{# Points of a score, rounded down to four decimals. #}
{% macro plain_points(numerator, denominator) -%}
cast(cast(({{ numerator }}) * 10000 // ({{ denominator }}) as decimal(38, 0)) * cast('0.0001' as decimal(18, 4)) as decimal(7, 4))
{%- endmacro %}


{% macro tier_rule_text() -%}
case
    when worded.rule_number is not null
        then worded.tier_name || ', by rule ' || worded.rule_number || ': ' || worded.stated_rule_text || '.' || case
            when worded.missing_feed_date_count = 0 then ' No feed is missing.'
            when worded.is_firm then ' Feeds are missing on some days; whatever they hold, the tier stays.'
            else ' Feeds are missing on some days; with them the tier could be anything from '
                || worded.low_tier_name || ' to ' || worded.high_tier_name || '.'
        end || case
            when worded.decided_gaps <> ''
                then ' The observed days alone would give a lower tier, which the missing ones could not leave it at.'
            else ''
        end
    when worded.reason_code = 'coverage'
        then worded.tier_name || ': too few of the expected days were observed, and the missing ones could make the tier anything from '
            || worded.low_tier_name || ' to ' || worded.high_tier_name || '.'
    when worded.reason_code = 'no_access'
        then worded.tier_name || ': no tool of the scope could be used on an expected day of the window, and none was used.'
    when worded.reason_code = 'too_new'
        then worded.tier_name || ': hired within the window, with too few expected days since.'
    when worded.reason_code = 'absent'
        then worded.tier_name || ': too few expected days in the window.'
    when worded.reason_code = 'no_cutoffs'
        then worded.tier_name || ': no cut-offs to compare with hold for the scope on this date.'
    else worded.tier_name || coalesce(': ' || worded.reason_code, '') || '.'
end
{%- endmacro %}


{% macro tier_thresholds_text() -%}
case
    when worded.rule_number is not null
        then coalesce({{ capitalised("nullif(worded.decided_values, '')") }}, 'The rule has no threshold: it holds where none before it does')
    when worded.reason_code = 'coverage'
        then {{ plain_days('worded.observed_thousandths') }} || ' of ' || {{ plain_days('worded.expected_thousandths') }} || ' expected days observed ('
            || {{ percent('worded.observed_thousandths', 'worded.expected_thousandths') }} || '; at least ' || worded.coverage_floor_percent || ' % needed)'
    when worded.reason_code = 'no_access' then 'No tool of the scope could be used on an expected day, and there was use on 0 days'
    when worded.reason_code in ('too_new', 'absent')
        then {{ counted_days('worded.expected_thousandths', 'expected day') }} || ' in the window (at least ' || {{ plain_days('worded.needed_expected_thousandths') }} || ' needed)'
    when worded.reason_code = 'no_cutoffs' then 'No cut-offs in force (those of the line of business or of the company needed)'
    else 'No threshold was looked at'
end || '.'
{%- endmacro %}


{% macro tier_next_text() -%}
case
    when worded.rule_number is not null and worded.next_tier_name is null then 'There is no higher tier.'
    when worded.rule_number is not null
        then worded.next_tier_name || ': ' || coalesce(nullif(worded.next_values, ''), 'no threshold') || '. '
            || case
                when worded.next_gaps = ''
                    then 'This holds of the observed days alone, but not of all expected days, whatever the missing ones hold.'
                else 'In this window it would have taken ' || worded.next_gaps || ', all else being as it is.'
            end
    when worded.reason_code = 'coverage'
        then 'There is a tier once '
            || {{ counted_days('(' ~ divided_up('worded.coverage_floor_percent * worded.expected_thousandths', '100') ~ ' - worded.observed_thousandths)', 'more expected day') }}
            || ' can be observed, or once those still missing can no longer change it.'
    when worded.reason_code = 'no_access' then 'There is a tier once a tool of the scope may be used on an expected day of the window, or is used.'
    when worded.reason_code in ('too_new', 'absent')
        then 'There is a tier once the window holds ' || {{ counted_days('(worded.needed_expected_thousandths - worded.expected_thousandths)', 'more expected day') }} || '.'
    when worded.reason_code = 'no_cutoffs' then 'There is a tier once cut-offs hold for the scope on the as-of date.'
    else 'Nothing is known that would give a tier.'
end
{%- endmacro %}


{% macro tier_days_text() -%}
concat_ws(' ',
    'The window ' || cast(worded.window_from as varchar) || ' to ' || cast(worded.window_to as varchar) || ' has '
    || {{ counted('(worded.window_to - worded.window_from + 1)', 'day') }} || ': '
    || concat_ws(', ',
        worded.expected_date_count || ' expected',
        case when worded.not_expected_date_count > 0 then worded.not_expected_date_count || ' not expected' end,
        case when worded.not_employed_date_count > 0 then worded.not_employed_date_count || ' outside employment here or the agreements' end,
        case when worded.not_in_use_date_count > 0 then worded.not_in_use_date_count || ' on which no tool of the scope was in use' end
    ) || '.',
    'Expected days with use: ' || worded.active_expected_date_count
    || '; without use: ' || (worded.expected_date_count - worded.active_expected_date_count - worded.unobserved_expected_date_count)
    || '; unobserved: ' || worded.unobserved_expected_date_count || '.',
    case
        when worded.expected_thousandths <> worded.expected_date_count * 1000
            then 'Part days count as their part: the expected days make ' || {{ plain_days('worded.expected_thousandths') }}
                || ', those observed ' || {{ plain_days('worded.observed_thousandths') }} || '.'
    end,
    case
        when worded.active_day_count > worded.active_expected_date_count
            then 'There was also use outside the expected days, on ' || {{ counted('(worded.active_day_count - worded.active_expected_date_count)', 'day') }}
                || case when worded.off_days_stand_in then '; each can stand in for an expected day of the same week.' else '; it does not raise what is expected.' end
    end,
    case
        when worded.missing_feed_date_count > 0
            then 'Missing: ' || worded.missing_feeds_text || '.'
                || case
                    when worded.partly_observed_date_count > 0
                        then ' Where there was use all the same, on ' || {{ counted('worded.partly_observed_date_count', 'day') }} || ', the day counts as observed.'
                    else ''
                end
    end
)
{%- endmacro %}
