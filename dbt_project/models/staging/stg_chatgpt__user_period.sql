-- Grain: landed record of chatgpt/user_analytics, refused ones too, of deliveries whose periods may hold a touched date. What a user did in
-- a week or month, which is dated by its first day; actors are who they are on that day, under which the record is reconciled.
with records as (
    {{ landed_records('chatgpt', 'user_analytics', touched_only=true, days_summed_up=longest_period_days()) }}
),

final as (
    select
        {{ usage_keys('records') }},
        {{ all_columns_text('records', ['activity_date', 'cadence', 'workspace_id', 'vendor_user_id']) }} as record_key,
        'first_party' as route_code,
        records.cadence,
        records.activity_date as period_start_date,
        records.period_end_date,
        records.message_count,
    from records
)

select * from final
