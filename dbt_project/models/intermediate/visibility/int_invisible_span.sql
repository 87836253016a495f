-- Grain: employee x tool x span. Days of a tool on which the absence of a person's row means nothing: use was shown among them that no row
-- tells of. They reach from the last row before it to the first one after it.
with evidence as (
    select
        evidence.employee_key,
        evidence.tool_id,
        evidence.activity_date,
        evidence.source || '/' || evidence.feed as feed_name,
    from {{ ref('contrary_evidence') }} as evidence
),

tools as (
    select
        feeds.tool_id,
        min(feeds.valid_from) as valid_from,
    from {{ ref('int_tool_feed') }} as feeds
    group by feeds.tool_id
),

seen as (
    select
        facts.employee_key,
        facts.tool_id,
        facts.activity_date,
    from {{ ref('fct_employee_tool_daily') }} as facts
    inner join (select distinct evidence.employee_key, evidence.tool_id from evidence) as people
        on people.employee_key = facts.employee_key
        and people.tool_id = facts.tool_id
),

gaps as (
    select
        evidence.employee_key,
        evidence.tool_id,
        evidence.activity_date,
        evidence.feed_name,
        coalesce(max(case when seen.activity_date < evidence.activity_date then seen.activity_date end) + 1, min(tools.valid_from)) as valid_from,
        min(case when seen.activity_date > evidence.activity_date then seen.activity_date end) as valid_to,
    from evidence
    inner join tools
        on tools.tool_id = evidence.tool_id
    left join seen
        on seen.employee_key = evidence.employee_key
        and seen.tool_id = evidence.tool_id
    group by evidence.employee_key, evidence.tool_id, evidence.activity_date, evidence.feed_name
),

final as (
    select
        gaps.employee_key,
        gaps.tool_id,
        gaps.valid_from,
        gaps.valid_to,
        string_agg(distinct gaps.feed_name, ', ' order by gaps.feed_name) as shown_by_text,
    from gaps
    group by gaps.employee_key, gaps.tool_id, gaps.valid_from, gaps.valid_to
)

select * from final
