-- Grain: landed record of claude_code/usage_report, refused ones too, of deliveries that hold a touched date. What an actor did
-- on a date in one terminal.
with records as (
    {{ landed_records('claude_code', 'usage_report', touched_only=true) }}
),

final as (
    select
        records.delivery_id,
        records.record_line,
        records.rank_at,
        records.ledger_order,
        records.activity_date,
        records.reject_reason,
        records.actor_kind,
        records.actor_name,
        -- one person has a row per terminal, customer type and remote state: none of them may be left out of the key
        concat_ws(
            '|',
            records.activity_date,
            records.actor_kind,
            records.actor_name,
            coalesce(records.organization_id, ''),
            coalesce(records.customer_type, ''),
            coalesce(records.terminal_type, ''),
            case when coalesce(records.is_remote, false) then 'remote' else 'local' end
        ) as record_key,
        records.session_count,
        records.lines_added_count,
        records.lines_removed_count,
        records.commit_count,
        records.pull_request_count,
        records.edit_accepted_count,
        records.edit_rejected_count,
        records.model_breakdown,
    from records
)

select * from final
