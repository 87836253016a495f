{# Before a table of comparisons takes those of this run, the old rows of the same periods go, also where there are none now. #}
{% macro delete_compared() %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where exists (
            select 1
            from {{ ref('int_tier_comparison') }} as comparisons
            where comparisons.comparison_kind in ('{{ varargs | join("', '") }}')
                and comparisons.policy_id = {{ this.identifier }}.policy_id
            {%- if 'retention' in varargs %}
                and comparisons.period_start_date = {{ this.identifier }}.week_start_date
                and comparisons.to_week_start_date = {{ this.identifier }}.week_start_date + 7 * {{ this.identifier }}.weeks_after
            {%- else %}
                and comparisons.comparison_kind = {{ this.identifier }}.period_kind
                and comparisons.period_start_date = {{ this.identifier }}.period_start_date
            {%- endif %}
        )
    {%- endif -%}
{% endmacro %}


{# Why two tiers of one person are not compared; NULL where they are. #}
{% macro refusal(of_all, is_group_changed) -%}
coalesce({{ of_all }}, case when {{ is_group_changed }} then 'measured against another group of colleagues' end)
{%- endmacro %}


{# A share of whole numbers, half up to four decimals, without a division that could round twice. #}
{% macro rounded_share(part, whole) -%}
cast(floor((20000 * {{ part }} + {{ whole }}) / (2.0 * {{ whole }})) / 10000 as decimal(5, 4))
{%- endmacro %}
