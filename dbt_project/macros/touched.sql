{#
    Before an incremental table takes the dates of this run, their old rows go, also those of dates that now have none.
    Only the candidate is ever written, so the table is never seen without them.
#}
{% macro delete_touched(column='activity_date') %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ column }} in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif -%}
{% endmacro %}

{# Of a table of spans of dates: those that hold a date of this run, so that each is replaced whole. #}
{% macro delete_touched_spans(first, last) %}
    {%- if is_incremental() -%}
        delete from {{ this }} as published
        where exists (
            select 1
            from {{ ref('int_touched_date') }} as touched
            where touched.activity_date between published.{{ first }} and published.{{ last }}
        )
    {%- endif -%}
{% endmacro %}


{# What int_reconciliation counts anew. #}
{% macro delete_reconciled() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as published
        where published.activity_date is null
            or (published.source, published.feed) not in ({{ usage_feed_names() }})
            or published.activity_date in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif -%}
{% endmacro %}


{# The days of single people that this run rebuilds besides. #}
{% macro delete_reopened() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as days
        using {{ ref('int_reopened_person_day') }} as reopened
        where reopened.employee_key = days.employee_key
            and reopened.activity_date = days.activity_date
    {%- endif -%}
{% endmacro %}


{# Weeks that this run does not sum up anew, of which other people than before are known to have been observed; a suppressed count stays so. #}
{% macro shift_observed_counts() %}
    {%- if is_incremental() -%}
        update {{ this }} as weekly
        set observed_count = weekly.observed_count + shifts.observed_shift
        from {{ ref('int_observed_shift') }} as shifts
        where shifts.week_start_date = weekly.week_start_date
            and shifts.tool_id = weekly.tool_id
    {%- endif -%}
{% endmacro %}


{% macro delete_touched_weeks() %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where week_start_date in (select weeks.week_start_date from {{ ref('int_touched_week') }} as weeks)
    {%- endif -%}
{% endmacro %}


{# The weeks of a policy in which this run evaluated a tier, of one person or of all. #}
{% macro delete_tier_weeks() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as weekly
        where exists (
            select 1
            from {{ ref('int_tier_week_due') }} as due
            where due.policy_id = weekly.policy_id
                and due.week_start_date = weekly.week_start_date
        )
    {%- endif -%}
{% endmacro %}


{# The measures of fct_employee_tool_daily in its column order; tool_measures says what feeds them. #}
{% macro tool_measure_names() %}
    {{ return([
        'passive_action_count', 'session_count', 'prompt_count', 'suggestion_shown_count', 'suggestion_accepted_count',
        'edit_accepted_count', 'edit_rejected_count', 'lines_suggested_count', 'lines_added_count',
        'lines_removed_count', 'commit_count', 'pull_request_count', 'input_token_count', 'output_token_count',
        'cache_read_token_count', 'cache_write_token_count', 'list_cost_usd',
    ]) }}
{% endmacro %}


{# Groups of fewer people are left out of what everyone with access to reports may read. #}
{% macro smallest_group() -%}10{%- endmacro %}


{# The spans of tiers that this run closes, cuts or rewrites. #}
{% macro delete_gone_tier_spans() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as spans
        using {{ ref('int_employee_tier_change') }} as changes
        where changes.change_kind = 'goes'
            and spans.policy_id = changes.policy_id
            and spans.scope_code = changes.scope_code
            and spans.employee_key = changes.employee_key
            and spans.valid_from = changes.valid_from
    {%- endif -%}
{% endmacro %}


{# The weekly tiers that this run evaluated, or of which it finds that they are no longer. #}
{% macro delete_evaluated_tier_weeks() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as weekly
        where exists (
            select 1
            from {{ ref('int_tier_week_due') }} as due
            where due.policy_id = weekly.policy_id
                and due.week_start_date = weekly.week_start_date
                and (due.employee_key = '*' or due.employee_key = weekly.employee_key)
        )
    {%- endif -%}
{% endmacro %}
