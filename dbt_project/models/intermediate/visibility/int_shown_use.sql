-- Grain: employee x tool x activity date x stated date x source x feed, where either date is touched. Intentional use by included people that
-- a feed shows which is only compared; what a feed counts it states on the day itself.
with counted as (
    select distinct
        fields.employee_key,
        fields.tool_id,
        fields.activity_date,
        fields.source,
        fields.feed,
    from {{ ref('int_compared_tool_day_field') }} as fields
    inner join {{ ref('tool_measures') }} as mapping
        on mapping.source = fields.source
        and mapping.feed = fields.feed
        and mapping.vendor_field = fields.vendor_field
        and mapping.tool_id = fields.tool_id
    where mapping.is_intentional
        and not coalesce(fields.is_automated, false)
        and fields.field_value > 0
),

routes as (
    select
        usage.employee_key,
        records.activity_date,
        records.source,
        records.feed,
        string_agg(distinct records.route_code, ', ' order by records.route_code) as routes_text,
    from {{ ref('int_usage_record') }} as records
    inner join {{ ref('int_included_usage') }} as usage
        on usage.employee_id = records.employee_id
        and usage.activity_date = records.activity_date
    where records.record_status = 'accepted'
        and not coalesce(records.is_automated, false)
        and (records.source, records.feed) in (select (feeds.source, feeds.feed) from {{ ref('int_compared_feed') }} as feeds)
    group by usage.employee_key, records.activity_date, records.source, records.feed
),

seats as (
    select
        keys.employee_key,
        feeds.tool_id,
        seats.activity_date,
        seats.stated_date,
        seats.source,
        seats.feed,
        seats.routes_text,
    from {{ ref('int_seat_use') }} as seats
    inner join {{ ref('int_employee_key') }} as keys
        on keys.employee_id = seats.employee_id
    inner join {{ ref('int_included_span') }} as included
        on included.employee_id = seats.employee_id
        and included.valid_from <= seats.activity_date
        and {{ span_closed('included.valid_to') }} > seats.activity_date
    inner join {{ ref('int_compared_feed') }} as feeds
        on feeds.source = seats.source
        and feeds.feed = seats.feed
        and feeds.valid_from <= seats.activity_date
        and {{ span_closed('feeds.valid_to') }} > seats.activity_date
),

final as (
    select
        counted.employee_key,
        counted.tool_id,
        counted.activity_date,
        counted.activity_date as stated_date,
        counted.source,
        counted.feed,
        routes.routes_text,
    from counted
    left join routes
        on routes.employee_key = counted.employee_key
        and routes.activity_date = counted.activity_date
        and routes.source = counted.source
        and routes.feed = counted.feed
    union all
    select * from seats
)

select * from final
