{{ config(schema='ops') }}

-- depends_on: {{ ref('int_touched_name') }} (it compares with the table that this one replaces)
select
    spans.source,
    spans.actor_kind,
    spans.actor_name,
    spans.employee_id,
    cast(spans.link_count as integer) as link_count,
    spans.valid_from,
    spans.valid_to,
from {{ ref('int_actor_span') }} as spans
where spans.link_count > 0
