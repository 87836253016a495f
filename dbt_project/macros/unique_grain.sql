{# A table's grain: no two rows share these columns; NULL counts as a value. #}
{% test unique_grain(model, columns, touched_by=none) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
{% if touched_by and not var('audit_full') -%}
where {{ touched_by }} in (select touched.activity_date from {{ ref('int_touched_date') }} as touched)
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
