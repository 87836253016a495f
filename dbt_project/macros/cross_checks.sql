{#
    What is `compared` (tool, `dates`, feed, compared feed, measure; other columns are left out), with what each of the two feeds says of
    `people` (employee, tool, `dates`, feed, measure: measure_value) and how many of them only one knows of.
#}
{% macro side_by_side(compared, people, dates) %}
{%- set keys = ['tool_id'] + dates + ['source', 'feed', 'compared_source', 'compared_feed', 'measure_name'] -%}
    with both_sides as (
        {% for side in ['', 'compared_'] -%}
        select
            {% for key in keys -%}
            compared.{{ key }},
            {% endfor -%}
            people.employee_key,
            {{ 'people.measure_value' if loop.first else 'cast(null as decimal(24, 6))' }} as measure_value,
            {{ 'people.measure_value' if loop.last else 'cast(null as decimal(24, 6))' }} as compared_value,
        from {{ compared }} as compared
        inner join {{ people }} as people
            on people.source = compared.{{ side }}source
            and people.feed = compared.{{ side }}feed
            {% for key in ['tool_id'] + dates + ['measure_name'] -%}
            and people.{{ key }} = compared.{{ key }}
            {% endfor -%}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    by_person as (
        select
            both_sides.* exclude (measure_value, compared_value),
            sum(both_sides.measure_value) as measure_value,
            sum(both_sides.compared_value) as compared_value,
        from both_sides
        group by all
    )

    select
        {% for key in keys -%}
        compared.{{ key }},
        {% endfor -%}
        sum(by_person.measure_value) as authoritative_total,
        sum(by_person.compared_value) as compared_total,
        -- somebody of whom a feed states nothing but 0 did nothing there
        count(case when by_person.measure_value > 0 and by_person.compared_value > 0 then 1 end) as both_count,
        count(case when by_person.measure_value > 0 and coalesce(by_person.compared_value, 0) = 0 then 1 end) as authoritative_only_count,
        count(case when by_person.compared_value > 0 and coalesce(by_person.measure_value, 0) = 0 then 1 end) as compared_only_count,
    from {{ compared }} as compared
    left join by_person
        on by_person.tool_id = compared.tool_id
        {% for key in keys[1:] -%}
        and by_person.{{ key }} = compared.{{ key }}
        {% endfor -%}
    group by {% for key in keys %}compared.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
{% endmacro %}
