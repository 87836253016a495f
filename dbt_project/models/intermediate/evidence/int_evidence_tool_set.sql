-- Grain: scope x set of tools x delivery. The usage deliveries that cover days of the window for the tools that somebody could use, or used.
with due as (
    select * from {{ ref('int_evidence_due') }}
),

tools as (
    select distinct
        scopes.scope_code,
        scopes.tool_id,
        scopes.tool_bit,
    from {{ ref('int_scope_tool_mode') }} as scopes
),

masks as (
    select distinct
        tiers.scope_code,
        tiers.used_tools | tiers.granted_tools as tool_bits,
    from {{ ref('int_tier_figure') }} as tiers
    inner join due
        on due.policy_id = tiers.policy_id
        and due.policy_version = tiers.policy_version
        and due.as_of_date = tiers.as_of_date
    where tiers.evaluation_kind = 'daily'
),

named as (
    select
        masks.scope_code,
        masks.tool_bits,
        coalesce(string_agg(tools.tool_id, ',' order by tools.tool_id), '') as tool_set_code,
    from masks
    left join tools
        on tools.scope_code = masks.scope_code
        and tools.tool_bit & masks.tool_bits <> 0
    group by masks.scope_code, masks.tool_bits
),

-- the same bytes under two names are one delivery, whichever came first
coverage as (
    select
        covered.source,
        covered.feed,
        covered.activity_date,
        coalesce(deliveries.duplicate_of_delivery_id, covered.delivery_id) as delivery_id,
    from {{ ref('feed_coverage') }} as covered
    left join {{ source('run', 'delivery') }} as deliveries
        on deliveries.delivery_id = covered.delivery_id
),

final as (
    select
        named.scope_code,
        named.tool_bits,
        named.tool_set_code,
        coverage.delivery_id,
        coverage.source,
        coverage.feed,
        min(coverage.activity_date) as first_covered_date,
        max(coverage.activity_date) as last_covered_date,
        count(distinct coverage.activity_date) as covered_date_count,
    from named
    cross join due
    left join tools
        on tools.scope_code = named.scope_code
        and tools.tool_bit & named.tool_bits <> 0
    left join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = tools.tool_id
    left join coverage
        on coverage.source = feeds.source
        and coverage.feed = feeds.feed
        and coverage.activity_date between due.window_from and due.window_to
        and coverage.activity_date >= feeds.valid_from
        and coverage.activity_date < {{ span_closed('feeds.valid_to') }}
    group by
        named.scope_code,
        named.tool_bits,
        named.tool_set_code,
        coverage.delivery_id,
        coverage.source,
        coverage.feed
)

select * from final
