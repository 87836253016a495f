{#
    The daily figures that the gate holds against what was usual, and the columns they share. How they are computed belongs to the models of
    intermediate/drift, what is allowed to gate_thresholds.
#}

{# Per person and day: the measure, and the column of fct_employee_tool_daily it sums up over the people who were active. #}
{% macro amounts_per_person() %}
    {{ return({
        'actions_per_person': 'intentional_action_count',
        'input_tokens_per_person': 'input_token_count',
        'output_tokens_per_person': 'output_token_count',
        'cost_per_person': 'list_cost_usd',
    }) }}
{% endmacro %}


{# On these a figure is a member's part of a whole; on all others it is a level, and what counts is how many times the usual it is. #}
{% macro is_share(measure) -%}{{ measure }} in ('tool_share', 'feature_share', 'client_share'){%- endmacro %}


{# What identifies a figure on its date. #}
{% macro figure_key() %}{{ return(['scope_kind', 'scope_name', 'tool_id', 'measure_name', 'member_name']) }}{% endmacro %}


{# Figures are of the whole company, and of each line of business. #}
{% macro scope_kinds() %}{{ return(['company', 'line_of_business']) }}{% endmacro %}

{% macro scope_name(kind, relation) -%}{{ "''" if kind == 'company' else relation ~ '.' ~ kind }}{%- endmacro %}


{# A relation summed up per date and columns of each scope: what the sums are called, and their SQL. #}
{% macro summed_by_scope(relation, columns, sums) -%}
{% for kind in scope_kinds() -%}
{%- set grain = ['activity_date'] + columns -%}
select
        {{ prefixed(relation, grain) }},
        '{{ kind }}' as scope_kind,
        {{ scope_name(kind, relation) }} as scope_name,
        {% for name, sum in sums.items() -%}
        {{ sum }} as {{ name }},
        {% endfor -%}
    from {{ relation }}
    where {{ scope_name(kind, relation) }} is not null
    group by {{ prefixed(relation, grain) }}, {{ scope_name(kind, relation) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# How many days of figures are kept: those that the weeks before a late day may need, and no more, however old the history is. #}
{% macro kept_figure_days() %}{{ return(91) }}{% endmacro %}


{#
    A name that a vendor gave to a surface, if it looks like one: what may be somebody's data, such as an address, is shown to nobody and
    counts as `other`.
#}
{% macro surface_label(column) -%}{{ return(adapter.dispatch('surface_label', 'adoption')(column)) }}{%- endmacro %}

{% macro duckdb__surface_label(column) -%}
case
            when regexp_full_match({{ column }}, '[A-Za-z][A-Za-z0-9_. :/-]{0,39}') and not regexp_matches({{ column }}, '[0-9]{5}')
                then {{ column }}
            else 'other'
        end
{%- endmacro %}


{# The median distance from the median, as a deviation of a normal curve. #}
{% macro robust_deviation(column) -%}{{ return(adapter.dispatch('robust_deviation', 'adoption')(column)) }}{%- endmacro %}

{% macro duckdb__robust_deviation(column) -%}(1.4826 * mad({{ column }})){%- endmacro %}


{# How much more use one day lets expect than another, as a logarithm: people of whom nothing is expected use a tool too, if less. #}
{% macro expected_ratio(one, other) -%}
ln(({{ one }}.expected_fraction + thresholds.off_day_use) / ({{ other }}.expected_fraction + thresholds.off_day_use))
{%- endmacro %}


{# The thresholds of one check of the gate as columns of one row, those in force when the run was built. #}
{% macro thresholds_of(check_name, names) %}
select
    {% for name in names -%}
    max_by(thresholds.threshold_value, thresholds.valid_from) filter (thresholds.threshold_name = '{{ name }}') as {{ name }},
    {% endfor %}
from {{ ref('gate_thresholds') }} as thresholds
cross join {{ source('run', 'run_window') }} as run_window
where thresholds.check_name = '{{ check_name }}'
    and thresholds.valid_from <= run_window.built_at
{% endmacro %}


{# The columns of ops.usage_figure with their types, its grain first. #}
{% macro figure_columns() %}
    {{ return({
        'activity_date': 'date', 'scope_kind': 'varchar', 'scope_name': 'varchar', 'tool_id': 'varchar', 'measure_name': 'varchar',
        'member_name': 'varchar', 'total_value': 'decimal(24, 6)', 'person_count': 'bigint', 'expected_fraction': 'decimal(9, 6)',
        'standard_error': 'double', 'usual_value': 'double', 'lowest_value': 'double', 'highest_value': 'double', 'deviation': 'double',
        'is_off': 'boolean',
    }) }}
{% endmacro %}


{# Two relations speak of the same figure, dates and `left_out` aside. #}
{% macro same_key(one, other, left_out=[]) -%}
{%- for name in figure_key() if name not in left_out -%}
and {{ one }}.{{ name }} = {{ other }}.{{ name }}
        {% endfor -%}
{%- endmacro %}

{% macro prefixed(relation, columns) -%}{% for column in columns %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}{%- endmacro %}


{# Figures that no later night can need. #}
{% macro delete_old_figures() %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where activity_date <= (select run_window.as_of_date from {{ source('run', 'run_window') }} as run_window) - {{ kept_figure_days() }}
    {%- endif -%}
{% endmacro %}
