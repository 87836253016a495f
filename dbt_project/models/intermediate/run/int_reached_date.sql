-- Grain: date. Days before a snapshot that is new to this run of which it states use that no snapshot before it states. What it replaces,
-- and what a withdrawn one stated, the run names itself.
with records as (
    {{ landed_records('m365_copilot', 'usage_user_detail', touched_only=false, reached_by_pending=true) }}
),

uses as (
    {{ last_activities('records') }}
),

compared as (
    select
        uses.used_date,
        uses.activity_date,
        uses.is_pending,
        min(case when not uses.is_pending then uses.activity_date end) over (
            partition by uses.actor_kind, uses.actor_name, uses.application, uses.used_date
        ) as first_known_date,
    from uses
),

final as (
    select distinct compared.used_date as activity_date
    from compared
    where compared.is_pending
        -- of several snapshots the one nearest to the day says whose the use is
        and coalesce(compared.first_known_date > compared.activity_date, true)
)

select * from final
