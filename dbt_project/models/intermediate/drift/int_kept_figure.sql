-- Grain: activity date x scope x tool x measure x member, of touched dates. The figures as they now stand, with what was found about each
-- on the night that first observed it: what is restated afterwards is not judged anew.
{%- set columns = figure_columns() %}
{%- set found = ['usual_value', 'lowest_value', 'highest_value', 'deviation', 'is_off'] %}
with tonight as (
    select * from {{ ref('int_usage_figure') }}
),

judged as (
    select * from {{ ref('int_figure_judgement') }}
),

published as (
    select before.*
    from ({{ published_before('ops', 'usage_figure', columns) }}) as before
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date = before.activity_date
),

wholes as (
    select
        tonight.activity_date,
        tonight.scope_kind,
        tonight.scope_name,
        tonight.tool_id,
        tonight.measure_name,
        max(tonight.person_count) as person_count,
        max(tonight.expected_fraction) as expected_fraction,
    from tonight
    group by all
),

-- members that had a part and now have none, of what is still observed
emptied as (
    select
        judged.activity_date,
        {{ prefixed('judged', figure_key()) }},
    from judged
    union
    select
        published.activity_date,
        {{ prefixed('published', figure_key()) }},
    from published
),

stated as (
    select
        wholes.*,
        emptied.member_name,
        cast(0 as decimal(24, 6)) as total_value,
        cast(0 as double) as standard_error,
    from emptied
    inner join wholes
        on wholes.activity_date = emptied.activity_date
        {{ same_key('wholes', 'emptied', ['member_name']) }}
    left join tonight
        on tonight.activity_date = emptied.activity_date
        {{ same_key('tonight', 'emptied') }}
    where tonight.activity_date is null
    union all by name
    select * from tonight
),

final as (
    select
        {% for name, type in columns.items() if name not in found -%}
        cast(stated.{{ name }} as {{ type }}) as {{ name }},
        {% endfor -%}
        {% for name in found -%}
        coalesce(judged.{{ name }}, published.{{ name }}) as {{ name }},
        {% endfor %}
    from stated
    left join judged
        on judged.activity_date = stated.activity_date
        {{ same_key('judged', 'stated') }}
    left join published
        on published.activity_date = stated.activity_date
        {{ same_key('published', 'stated') }}
)

select * from final
