-- Grain: landed record of gemini_workspace/activities, refused ones too, of deliveries that hold a touched date.
-- One event of an activity.
with records as (
    {{ landed_records('gemini_workspace', 'activities', touched_only=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        concat_ws('|', records.occurred_at, records.activity_qualifier, records.event_index) as record_key,
        'first_party' as route_code,
        records.app_name as feature_name,
        case when records.event_name = 'feature_utilization' and modes.mode_code = 'chat' then 1 else 0 end as chat_use_count,
        -- an app that no row of the seed names is one of the documents
        case when records.event_name = 'feature_utilization' and coalesce(modes.mode_code, 'office') = 'office' then 1 else 0 end as office_use_count,
        -- a use is set off by the person; opinions and other events are none
        0 as passive_action_count,
    from records
    left join {{ ref('feature_modes') }} as modes
        on modes.source = 'gemini_workspace'
        and modes.feed = 'activities'
        and modes.feature_name = records.app_name
)

select * from final
