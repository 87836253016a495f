{#
    A table's grain: no two rows share these columns; NULL counts as a value. A night looks at the dates of `touched_by`, or at the spans
    of dates that it names the first and the last column of.
#}
{% test unique_grain(model, columns, touched_by=none) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }} as tested
{% if touched_by and not var('audit_full') -%}
where {% if touched_by is string %}tested.{{ touched_by }} in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
{%- else %}exists (
    select 1
    from {{ ref('int_touched_date') }} as touched
    where touched.activity_date between tested.{{ touched_by[0] }} and tested.{{ touched_by[1] }}
)
{%- endif %}
{% endif -%}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}


{# Every value of the column stands in the other relation; NULL is allowed and means "nobody" or "not stated". #}
{% test refers_to(model, column_name, to, field, touched_by=none) %}
select child.{{ column_name }}
from {{ model }} as child
left join {{ to }} as parent
    on parent.{{ field }} = child.{{ column_name }}
where child.{{ column_name }} is not null
    and parent.{{ field }} is null
    {% if touched_by and not var('audit_full') -%}
    and child.{{ touched_by }} in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
    {%- endif %}
{% endtest %}
