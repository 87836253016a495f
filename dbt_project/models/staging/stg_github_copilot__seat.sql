-- Grain: landed record of github_copilot/seats, refused ones too, of deliveries that hold a touched date or a later one: a snapshot
-- speaks of days before its own. A seat as assigned on the date, and when its holder used it last.
with records as (
    {{ landed_records('github_copilot', 'seats', touched_only=true, and_later=true) }}
),

final as (
    select
        {{ usage_keys('records') }},
        -- one person has a row for each team and organisation that assigns a seat
        concat_ws(
            '|',
            records.activity_date,
            coalesce(cast(records.assignee_id as varchar), records.actor_name, ''),
            coalesce(cast(records.organization_id as varchar), ''),
            coalesce(cast(records.assigning_team_id as varchar), '')
        ) as record_key,
        'first_party' as route_code,
        cast(records.last_activity_at as date) as last_activity_date,
    from records
)

select * from final
