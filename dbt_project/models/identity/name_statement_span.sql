{{ config(schema='ops') }}

select
    spans.feed,
    spans.link_source,
    spans.actor_kind,
    spans.actor_name,
    spans.target_kind,
    spans.target_name,
    spans.from_date,
    spans.to_date,
from {{ ref('int_name_statement_span') }} as spans
