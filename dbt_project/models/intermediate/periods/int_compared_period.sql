-- Grain: tool x first day x last day x authoritative feed x compared feed x measure, of periods that hold a touched date. The sums over
-- periods that can be held against the facts: those of which the authoritative feed covers every day.
with periods as (
    select distinct
        records.source,
        records.feed,
        records.from_date,
        records.to_date,
    from {{ ref('int_period_record') }} as records
),

valid as (
    select
        measures.*,
        periods.from_date,
        periods.to_date,
    from {{ ref('int_compared_measure') }} as measures
    inner join {{ ref('int_tool_feed') }} as feeds
        on feeds.tool_id = measures.tool_id
        and feeds.source = measures.source
        and feeds.feed = measures.feed
    inner join {{ ref('int_period_feed') }} as compared_feeds
        on compared_feeds.tool_id = measures.tool_id
        and compared_feeds.source = measures.compared_source
        and compared_feeds.feed = measures.compared_feed
    inner join periods
        on periods.source = measures.compared_source
        and periods.feed = measures.compared_feed
        and periods.from_date >= greatest(feeds.valid_from, compared_feeds.valid_from)
        and periods.to_date < least({{ span_closed('feeds.valid_to') }}, {{ span_closed('compared_feeds.valid_to') }})
),

counting as (
    select distinct
        feeds.tool_id,
        feeds.source,
        feeds.feed,
        feeds.valid_from,
        feeds.valid_to,
        mapping.measure_name,
    from {{ ref('int_tool_measure_feed') }} as feeds
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.tool_id = feeds.tool_id
        and mapping.source = feeds.source
        and mapping.feed = feeds.feed
),

-- the facts do not tell apart what two feeds brought
of_one_feed as (
    select valid.*
    from valid
    left join counting as others
        on others.tool_id = valid.tool_id
        and others.measure_name = valid.measure_name
        and (others.source <> valid.source or others.feed <> valid.feed)
        and others.valid_from <= valid.to_date
        and {{ span_closed('others.valid_to') }} > valid.from_date
    where others.tool_id is null
),

covered as (
    select distinct
        covered.source,
        covered.feed,
        covered.activity_date,
    from {{ ref('feed_coverage') }} as covered
),

-- a day that did not come would read as disagreement
final as (
    select of_one_feed.*
    from of_one_feed
    inner join covered
        on covered.source = of_one_feed.source
        and covered.feed = of_one_feed.feed
        and covered.activity_date between of_one_feed.from_date and of_one_feed.to_date
    group by all
    having count(*) = of_one_feed.to_date - of_one_feed.from_date + 1
)

select * from final
