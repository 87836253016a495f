{# Vendors whose own list says which e-mail an opaque id stands for; each has a feed `users`. #}
{% macro user_lists() %}
    {{ return(['chatgpt', 'openai', 'amazon_q']) }}
{% endmacro %}


{# Feeds that link names of people with each other, as `source/feed`. #}
{% macro name_link_feed_names() %}
    {%- set lists = [] -%}
    {%- for name in user_lists() -%}{%- do lists.append(name ~ '/users') -%}{%- endfor -%}
    {{ return(['scim/users', 'github/saml_identities'] + lists) }}
{% endmacro %}


{# The same, for `in (...)`. #}
{% macro name_link_feeds() -%}'{{ name_link_feed_names() | join("', '") }}'{%- endmacro %}


{# `a+part@x` without its part; NULL for an address without one. #}
{% macro without_plus_part(column) -%}{{ return(adapter.dispatch('without_plus_part', 'adoption')(column)) }}{%- endmacro %}

{% macro duckdb__without_plus_part(column) -%}
nullif(regexp_replace({{ column }}, '^([^+@]+)[+][^@]*@', '\1@'), {{ column }})
{%- endmacro %}


{#
    Who goes by the names that links state, over the spans of those names they lead to (`named`: name_kind, name, employee_id,
    link_count, valid_from, valid_to). Where a link is carried beyond its snapshot, whoever had the other name on that
    day is a candidate as well: the name may have passed on while the link did not.
#}
{% macro linked_spans(links, named) %}
    with held as (
        select
            links.link_source as source,
            links.actor_kind,
            links.actor_name,
            links.target_kind,
            links.target_name,
            links.carried_from,
            named.employee_id,
            named.link_count + links.link_weight as link_count,
            greatest(links.valid_from, named.valid_from) as valid_from,
            least({{ span_closed('links.valid_to') }}, {{ span_closed('named.valid_to') }}) as valid_to,
        from {{ links }} as links
        inner join {{ named }} as named
            on named.name_kind = links.target_kind
            and named.name = links.target_name
            and named.valid_from < {{ span_closed('links.valid_to') }}
            and {{ span_closed('named.valid_to') }} > links.valid_from
    )

    select held.* exclude (target_kind, target_name, carried_from)
    from held
    union all
    select held.* exclude (target_kind, target_name, carried_from) replace (named.employee_id as employee_id)
    from held
    inner join {{ named }} as named
        on named.name_kind = held.target_kind
        and named.name = held.target_name
        and named.valid_from <= held.carried_from
        and {{ span_closed('named.valid_to') }} > held.carried_from
        and named.employee_id <> held.employee_id
{% endmacro %}
