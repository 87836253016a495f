-- Grain: landed record of m365_copilot/usage_user_detail, refused ones too, of deliveries that bear on a touched date, which says that
-- somebody is licensed; and derived from it a row for each application and the date of its last activity, on which it was used.
with records as (
    {{ landed_records('m365_copilot', 'usage_user_detail', touched_only=true) }}
),

uses as (
    select
        stated.*,
        coalesce(modes.mode_code, 'office') as mode_code,
    from ({{ last_activities('records') }}) as stated
    left join {{ ref('feature_modes') }} as modes
        on modes.source = 'm365_copilot'
        and modes.feed = 'usage_user_detail'
        and modes.feature_name = stated.application
),

final as (
    select
        {{ usage_keys('records') }},
        concat_ws('|', records.activity_date, records.actor_kind, records.actor_name) as record_key,
        'first_party' as route_code,
        cast(null as date) as stated_date,
        cast(null as bigint) as office_application_count,
        false as used_office,
        false as used_copilot_chat,
    from records
    union all
    select
        uses.delivery_id,
        uses.record_line,
        uses.rank_at,
        uses.ledger_order,
        uses.used_date as activity_date,
        uses.reject_reason,
        uses.actor_kind,
        uses.actor_name,
        concat_ws('|', uses.used_date, uses.actor_kind, uses.actor_name, uses.application) as record_key,
        'first_party' as route_code,
        uses.activity_date as stated_date,
        case when uses.mode_code = 'office' then 1 end as office_application_count,
        uses.mode_code = 'office' as used_office,
        uses.mode_code = 'chat' as used_copilot_chat,
    from uses
)

select * from final
