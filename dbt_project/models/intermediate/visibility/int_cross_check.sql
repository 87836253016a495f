-- Grain: tool x activity date x authoritative feed x compared feed x measure, of touched dates that both feeds cover. What each of them says
-- of the included people, and how many people only one of them knows of. Names nobody.
with covered as (
    select distinct
        covered.source,
        covered.feed,
        covered.activity_date,
    from {{ ref('feed_coverage') }} as covered
    inner join {{ ref('int_touched_date') }} as touched
        on touched.activity_date = covered.activity_date
),

compared_days as (
    select
        measures.*,
        covered.activity_date,
    from {{ ref('int_compared_measure') }} as measures
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = measures.tool_id
        and feeds.source = measures.source
        and feeds.feed = measures.feed
    inner join {{ ref('int_compared_feed') }} as compared_feeds
        on compared_feeds.tool_id = measures.tool_id
        and compared_feeds.source = measures.compared_source
        and compared_feeds.feed = measures.compared_feed
    inner join covered
        on covered.source = measures.source
        and covered.feed = measures.feed
        and covered.activity_date >= greatest(feeds.valid_from, compared_feeds.valid_from)
        and covered.activity_date < least({{ span_closed('feeds.valid_to') }}, {{ span_closed('compared_feeds.valid_to') }})
    inner join covered as compared_covered
        on compared_covered.source = measures.compared_source
        and compared_covered.feed = measures.compared_feed
        and compared_covered.activity_date = covered.activity_date
),

fields as (
    select * from {{ ref('int_person_tool_day_field') }}
    union all
    select * from {{ ref('int_compared_tool_day_field') }}
),

-- as the facts add them up: what was automated is nobody's action
people as (
    select
        fields.employee_key,
        fields.tool_id,
        fields.source,
        fields.feed,
        fields.activity_date,
        mapping.measure_name,
        sum(fields.field_value) as measure_value,
    from fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
    where not (mapping.is_intentional and coalesce(fields.is_automated, false))
    group by fields.employee_key, fields.tool_id, fields.source, fields.feed, fields.activity_date, mapping.measure_name
),

final as (
    {{ side_by_side('compared_days', 'people', ['activity_date']) }}
)

select * from final
