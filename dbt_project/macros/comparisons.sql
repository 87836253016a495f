{# Before a table of comparisons takes those of this run, the old rows of the same periods go, also where there are none now. #}
{% macro delete_compared() %}
    {%- if is_incremental() -%}
        delete from {{ this }} as published
        where exists (
            select 1
            from {{ ref('int_tier_comparison') }} as comparisons
            where comparisons.comparison_kind in ('{{ varargs | join("', '") }}')
                and comparisons.policy_id = published.policy_id
            {%- if 'retention' in varargs %}
                and comparisons.period_start_date = published.week_start_date
                and comparisons.to_week_start_date = published.week_start_date + 7 * published.weeks_after
            {%- else %}
                and comparisons.comparison_kind = published.period_kind
                and comparisons.period_start_date = published.period_start_date
            {%- endif %}
        )
    {%- endif -%}
{% endmacro %}


{# Why two tiers of one person are not compared; NULL where they are. #}
{% macro refusal(of_all, is_group_changed) -%}
coalesce({{ of_all }}, case when {{ is_group_changed }} then 'measured against another group of colleagues' end)
{%- endmacro %}
