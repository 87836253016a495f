-- Grain: landed record of a vendor's list of users, refused ones too, of the snapshots up to the as-of date that changed or follow one that
-- did. Which e-mail an id of a vendor stands for.
{#- named one by one: a feed that no model names lands and waits -#}
{%- set lists = {
    'chatgpt': landed_records('chatgpt', 'users', touched_only=false, changed_lists=true),
    'openai': landed_records('openai', 'users', touched_only=false, changed_lists=true),
    'amazon_q': landed_records('amazon_q', 'users', touched_only=false, changed_lists=true),
} %}
with records as (
    {% for name in user_lists() -%}
    select
        '{{ name }}' as source,
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date,
        records.reject_reason,
        records.vendor_user_id,
        records.email,
    from (
        {{ lists[name] }}
    ) as records
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        records.source,
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date as snapshot_date,
        records.reject_reason,
        concat_ws('|', records.source, coalesce(cast(records.activity_date as varchar), ''), records.vendor_user_id) as record_key,
        -- the identity store is prefixed in some reports and not in others
        regexp_replace(records.vendor_user_id, '^d-[0-9a-f]{10}[.]', '') as vendor_user_id,
        records.email,
    from records
    cross join {{ source('run', 'run_window') }} as run_window
    where records.activity_date is null or records.activity_date <= run_window.as_of_date
)

select * from final
