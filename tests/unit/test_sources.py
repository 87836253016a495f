"""The declarations of the sources: complete, consistent, and free of content fields."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.home import PROJECT_ROOT
from orchestration.landing.judgement_sql import DateBounds, Given
from orchestration.landing.record_sql import csv_rows_sql, json_rows_sql
from orchestration.sources import FEEDS, SOURCES
from orchestration.sources.base import Feed, Field, Rows, Total
from orchestration.transformation import dbt_run

BOUNDS = DateBounds(date(2024, 1, 1), date(2026, 4, 1))
COMMON = [
    ("delivery_id", "VARCHAR"),
    ("record_line", "BIGINT"),
    ("activity_date", "DATE"),
    ("reject_reason", "VARCHAR"),
]
ACTOR = [("actor_kind", "VARCHAR"), ("actor_name", "VARCHAR")]


def _texts(*names: str) -> list[tuple[str, str]]:
    return [(name, "VARCHAR") for name in names]


def _counts(*names: str) -> list[tuple[str, str]]:
    return [(name, "BIGINT") for name in names]


def _flags(*names: str) -> list[tuple[str, str]]:
    return [(name, "BOOLEAN") for name in names]


def _dates(*names: str) -> list[tuple[str, str]]:
    return [(name, "DATE") for name in names]


# The interface of landing, written out: the transformations read exactly these columns.
COLUMNS = {
    "claude_code/usage_report": [
        *ACTOR,
        *_texts("organization_id", "customer_type", "subscription_type", "terminal_type"),
        *_flags("is_remote"),
        *_counts(
            "session_count",
            "lines_added_count",
            "lines_removed_count",
            "commit_count",
            "pull_request_count",
            "edit_accepted_count",
            "edit_rejected_count",
        ),
        (
            "model_breakdown",
            "STRUCT(model_name VARCHAR, input_token_count BIGINT, output_token_count BIGINT, "
            "cache_read_token_count BIGINT, cache_write_token_count BIGINT, list_cost_usd DECIMAL(18,6))[]",
        ),
    ],
    "github_copilot/users_1_day": [
        *ACTOR,
        *_counts(
            "user_id",
            "user_initiated_interaction_count",
            "code_generation_activity_count",
            "code_acceptance_activity_count",
            "loc_suggested_to_add_sum",
            "loc_suggested_to_delete_sum",
            "loc_added_sum",
            "loc_deleted_sum",
        ),
        *_flags(
            "used_agent",
            "used_chat",
            "used_cli",
            "used_copilot_coding_agent",
            "used_copilot_cloud_agent",
            "used_copilot_code_review_active",
            "used_copilot_code_review_passive",
        ),
        *_counts(
            "cli_session_count",
            "cli_request_count",
            "cli_prompt_count",
            "cli_prompt_token_count",
            "cli_output_token_count",
        ),
        (
            "totals_by_feature",
            "STRUCT(feature VARCHAR, user_initiated_interaction_count BIGINT, "
            "code_generation_activity_count BIGINT, code_acceptance_activity_count BIGINT, "
            "loc_suggested_to_add_sum BIGINT, loc_added_sum BIGINT, loc_deleted_sum BIGINT)[]",
        ),
    ],
    "chatgpt/conversation_messages": [
        *ACTOR,
        *_texts("vendor_user_id", "conversation_id", "message_id", "message_role"),
        ("created_at", "TIMESTAMP"),
    ],
    "chatgpt/user_analytics": [
        *ACTOR,
        *_texts("cadence"),
        *_dates("period_end_date"),
        *_texts("workspace_id", "vendor_user_id"),
        *_flags("is_active"),
        *_dates("first_active_date", "last_active_date"),
        *_counts("message_count", "gpt_message_count", "tool_message_count", "project_message_count"),
    ],
    "m365_copilot/usage_user_detail": [
        *ACTOR,
        *_dates(
            "last_activity_date",
            "chat_last_activity_date",
            "teams_last_activity_date",
            "word_last_activity_date",
            "excel_last_activity_date",
            "powerpoint_last_activity_date",
            "outlook_last_activity_date",
            "onenote_last_activity_date",
            "loop_last_activity_date",
        ),
    ],
    "amazon_q/user_activity": [
        *ACTOR,
        *_texts("client_type"),
        *_counts(
            "inline_chat_acceptance_count",
            "inline_chat_dismissal_count",
            "inline_chat_rejection_count",
            "inline_chat_total_count",
            "inline_chat_accepted_line_addition_count",
            "inline_chat_accepted_line_deletion_count",
            "inline_chat_dismissed_line_addition_count",
            "inline_chat_dismissed_line_deletion_count",
            "inline_chat_rejected_line_addition_count",
            "inline_chat_rejected_line_deletion_count",
            "inline_suggestion_count",
            "inline_acceptance_count",
            "inline_ai_code_line_count",
            "chat_message_sent_count",
            "chat_message_interacted_count",
            "chat_ai_code_line_count",
            "code_fix_generation_count",
            "code_fix_acceptance_count",
            "code_fix_generated_line_count",
            "code_fix_accepted_line_count",
            "code_review_succeeded_count",
            "code_review_failed_count",
            "code_review_finding_count",
            "dev_generation_count",
            "dev_acceptance_count",
            "dev_generated_line_count",
            "dev_accepted_line_count",
            "doc_generation_count",
            "doc_generation_accepted_file_creation_count",
            "doc_generation_accepted_file_update_count",
            "doc_generation_rejected_file_creation_count",
            "doc_generation_rejected_file_update_count",
            "doc_generation_accepted_line_addition_count",
            "doc_generation_accepted_line_update_count",
            "doc_generation_rejected_line_addition_count",
            "doc_generation_rejected_line_update_count",
            "test_generation_count",
            "test_generation_generated_test_count",
            "test_generation_accepted_test_count",
            "test_generation_generated_line_count",
            "test_generation_accepted_line_count",
            "transformation_count",
            "transformation_ingested_line_count",
            "transformation_generated_line_count",
            "chat_conversation_count",
            "message_count",
        ),
        ("credit_used_count", "DECIMAL(18,6)"),
        ("overage_credit_used_count", "DECIMAL(18,6)"),
        *_flags("is_overage_enabled"),
    ],
    "chatgpt/users": _texts("vendor_user_id", "email"),
    "amazon_q/users": _texts("vendor_user_id", "email"),
    "hr/workers": [
        *_texts("employee_id", "work_email", "email_aliases", "display_name", "github_login"),
        *_texts("manager_employee_id", "org_unit_id", "line_of_business", "job_family", "job_level"),
        *_texts("worker_type", "country_code", "country_subdivision_code", "site_code", "legal_entity_code"),
        ("fte_fraction", "DECIMAL(4,3)"),
        *_texts("working_weekdays"),
        *_dates("hired_date", "terminated_date"),
        *_texts("employment_status"),
    ],
    "hr/org_units": _texts("org_unit_id", "org_unit_name", "parent_org_unit_id"),
    "hr/leave": [
        *_texts("employee_id"),
        *_dates("start_date", "end_date"),
        ("day_fraction", "DECIMAL(4,3)"),
    ],
    "hr/rota": [*_texts("employee_id"), *_dates("work_date"), ("day_fraction", "DECIMAL(4,3)")],
    "access/entitlements": [*_texts("employee_id", "tool_id", "status"), *_dates("from_date", "to_date")],
    "identity/service_accounts": [
        *_texts("account_source", "account_name", "account_kind", "owner_employee_id"),
        *_dates("from_date", "to_date"),
    ],
    "scim/users": [
        *_texts("scim_user_id", "external_id", "user_name"),
        *_flags("is_active"),
        *_texts("employee_number"),
        ("emails", "STRUCT(email VARCHAR)[]"),
    ],
    "github/saml_identities": _texts("name_id", "login"),
    "governance/agreements": [
        *_texts("country_code", "legal_entity_code", "agreement_id"),
        *_dates("from_date", "to_date"),
    ],
    "tiers/cutoffs": [
        *_texts("policy_id"),
        *_counts("policy_version"),
        *_dates("effective_from"),
        *_texts("scope_code", "group_level", "group_code"),
        *_counts("percentile"),
        ("weekly_mean", "DECIMAL(18,6)"),
        *_counts("person_count"),
    ],
    "claude_enterprise/users": [
        *ACTOR,
        *_texts("vendor_user_id", "rbac_group_id"),
        *_counts(
            "chat_message_count",
            "chat_thinking_message_count",
            "chat_connector_use_count",
            "chat_shared_conversation_viewed_count",
            "chat_distinct_conversation_count",
            "chat_distinct_file_uploaded_count",
            "chat_distinct_project_created_count",
            "chat_distinct_project_used_count",
            "chat_distinct_artifact_created_count",
            "chat_distinct_skill_used_count",
            "code_distinct_session_count",
            "code_commit_count",
            "code_pull_request_count",
            "cowork_message_count",
            "cowork_distinct_session_count",
            "cowork_action_count",
            "cowork_dispatch_turn_count",
            "cowork_file_edit_count",
            "cowork_connector_use_count",
            "cowork_skill_use_count",
            "cowork_plugin_use_count",
            "design_message_count",
            "design_distinct_session_count",
            "design_distinct_project_created_count",
            "science_message_count",
            "science_distinct_session_count",
            "science_delegation_count",
            "science_remote_compute_job_count",
            "excel_message_count",
            "excel_distinct_session_count",
            "outlook_message_count",
            "outlook_distinct_session_count",
            "powerpoint_message_count",
            "powerpoint_distinct_session_count",
            "word_message_count",
            "word_distinct_session_count",
            "code_lines_added_count",
            "code_lines_removed_count",
            "code_edit_accepted_count",
            "code_edit_rejected_count",
            "web_search_count",
        ),
    ],
    "otel/claude_code": [
        *ACTOR,
        *_texts("metric_name"),
        ("metric_value", "DECIMAL(24,10)"),
        *_texts("attributes_hash", "event_name"),
        *_counts("event_sequence"),
        *_texts(
            "session_id",
            "organization_id",
            "account_id",
            "installation_id",
            "terminal_type",
            "app_version",
            "app_entrypoint",
            "service_name",
            "model_name",
            "value_type",
            "start_type",
            "query_source",
            "tool_name",
            "decision",
            "decision_source",
            "tool_decision_type",
            "tool_decision_source",
        ),
        *_flags("is_success"),
        *_counts(
            "prompt_length_count",
            "input_token_count",
            "output_token_count",
            "cache_read_token_count",
            "cache_write_token_count",
        ),
        ("list_cost_usd", "DECIMAL(18,10)"),
        *_counts("duration_ms_count"),
        ("recorded_at", "TIMESTAMP"),
    ],
    "github_copilot/seats": [
        *ACTOR,
        *_counts("assignee_id"),
        *_texts("assignee_type"),
        *_counts("organization_id", "assigning_team_id"),
        *_texts("plan_type"),
        ("created_at", "TIMESTAMP"),
        ("updated_at", "TIMESTAMP"),
        *_dates("pending_cancellation_date"),
        ("last_activity_at", "TIMESTAMP"),
        *_texts("last_activity_editor"),
        ("last_authenticated_at", "TIMESTAMP"),
    ],
    "openai/usage_completions": [
        *ACTOR,
        ("bucket_end_at", "TIMESTAMP"),
        *_texts("project_id", "api_key_id", "model_name"),
        *_flags("is_batch"),
        *_texts("service_tier"),
        *_counts(
            "request_count",
            "input_token_count",
            "uncached_input_token_count",
            "cache_read_token_count",
            "cache_write_token_count",
            "output_token_count",
        ),
        ("bucket_start_at", "TIMESTAMP"),
    ],
    "openai/users": [
        *_texts("vendor_user_id", "email"),
        *_flags("is_service_account"),
    ],
    "cursor/daily_usage": [
        *ACTOR,
        *_counts("vendor_user_id"),
        *_flags("is_active"),
        *_counts(
            "total_lines_added_count",
            "total_lines_deleted_count",
            "accepted_lines_added_count",
            "accepted_lines_deleted_count",
            "apply_count",
            "accept_count",
            "reject_count",
            "tab_shown_count",
            "tab_accepted_count",
            "composer_request_count",
            "chat_request_count",
            "agent_request_count",
            "inline_edit_count",
            "bugbot_use_count",
            "included_request_count",
            "api_key_request_count",
            "usage_based_request_count",
        ),
        *_texts("most_used_model", "client_version"),
    ],
    "cursor/usage_events": [
        *ACTOR,
        *_texts("model_name", "event_kind"),
        *_flags("is_max_mode"),
        ("request_cost_count", "DECIMAL(18,6)"),
        *_flags("is_token_based", "is_chargeable", "is_headless", "is_free_bugbot"),
        *_counts(
            "input_token_count", "output_token_count", "cache_read_token_count", "cache_write_token_count"
        ),
        ("list_cost_usd", "DECIMAL(18,10)"),
        ("discount_percent", "DECIMAL(18,6)"),
        ("charged_usd", "DECIMAL(18,10)"),
        ("token_fee_usd", "DECIMAL(18,10)"),
        ("occurred_at", "TIMESTAMP"),
    ],
    "gemini_workspace/activities": [
        *ACTOR,
        *_texts("activity_qualifier"),
        *_counts("event_index"),
        *_texts(
            "vendor_user_id",
            "event_type",
            "event_name",
            "app_name",
            "action",
            "feature_source",
            "event_category",
        ),
        ("occurred_at", "TIMESTAMP"),
    ],
    "litellm/spend_logs": [
        *ACTOR,
        *_texts(
            "request_id",
            "api_key_alias",
            "call_type",
            "model_name",
            "model_group",
            "route_provider",
            "route_base_url",
            "team_id",
            "cache_hit",
            "request_status",
        ),
        *_counts("prompt_token_count", "completion_token_count", "total_token_count"),
        ("list_cost_usd", "DECIMAL(18,12)"),
        ("ended_at", "TIMESTAMP"),
        ("started_at", "TIMESTAMP"),
    ],
}


def _leaf_paths(feed: Feed) -> set[str]:
    paths = {actor.name.path for actor in feed.actors}
    for field in feed.fields:
        if isinstance(field, Field):
            paths.add(field.path)
        elif isinstance(field, Total):
            paths.update(field.paths)
        elif isinstance(field, Rows):
            paths.update(f"{field.path}.{inner.path}" for inner in field.fields)
    return paths


def _columns(rows: str) -> list[tuple[str, str]]:
    with duckdb.connect() as database:
        return [(row[0], row[1]) for row in database.execute(f"describe {rows}").fetchall()]


def _stated_to_dbt() -> dict[str, list[tuple[str, str]]]:
    path = Path(__file__).parents[2] / "dbt_project" / "models" / "staging" / "_landing__sources.yml"
    landing = next(one for one in yaml.safe_load(path.read_text())["sources"] if one["name"] == "landing")
    return {
        table["name"].replace("__", "/", 1): [
            (column["name"], column["data_type"].lower().replace(", ", ",")) for column in table["columns"]
        ]
        for table in landing["tables"]
    }


def test_dbt_is_told_the_columns_that_land() -> None:
    assert _stated_to_dbt() == {
        folder: [(name, kind.lower().replace(", ", ",")) for name, kind in COMMON + columns]
        for folder, columns in COLUMNS.items()
    }


def test_every_feed_of_the_interface_is_declared() -> None:
    assert set(FEEDS) == set(COLUMNS)


@pytest.mark.parametrize("folder", sorted(COLUMNS))
def test_landing_has_exactly_the_agreed_columns(folder: str) -> None:
    feed = FEEDS[folder]
    lines = "select 1 as line, '{}' as content"
    given = Given.literally("x", None)
    from_json = json_rows_sql(feed, lines, given, BOUNDS, is_paged=True, has_repeated_keys=True)
    assert _columns(from_json) == COMMON + COLUMNS[folder]
    if feed.reads_csv:
        from_csv = csv_rows_sql(feed, lines, given, BOUNDS, header_line=1, columns=feed.csv_columns)
        assert _columns(from_csv) == COMMON + COLUMNS[folder]


@pytest.mark.parametrize("folder", sorted(COLUMNS))
def test_every_column_that_is_never_landed_is_no_field(folder: str) -> None:
    assert not set(FEEDS[folder].csv_columns) & set(FEEDS[folder].ignored_csv_columns)


@pytest.mark.parametrize("folder", sorted(COLUMNS))
def test_the_record_key_is_landed(folder: str) -> None:
    landed = {name for name, _ in COMMON + COLUMNS[folder]}
    assert FEEDS[folder].record_key
    assert set(FEEDS[folder].record_key) <= landed


def test_only_the_feed_with_content_needs_an_approval() -> None:
    assert [folder for folder, feed in FEEDS.items() if feed.carries_content] == [
        "chatgpt/conversation_messages"
    ]


def test_no_field_of_chatgpt_looks_at_content() -> None:
    assert _leaf_paths(FEEDS["chatgpt/conversation_messages"]) == {
        "user_email",
        "user_id",
        "id",
        "message.id",
        "message.author.role",
    }


def test_landing_names_no_source() -> None:
    """Adding a source must not touch the machinery."""
    folder = Path(__file__).parents[2] / "orchestration"
    names = {source.name for source in SOURCES} - {"access", "identity", "governance", "hr"}
    modules = [*(folder / "landing").glob("*.py"), *(folder / "pulling").glob("*.py"), folder / "ledger.py"]
    assert len(modules) > 5
    for module in modules:
        text = module.read_text()
        assert not [name for name in names if re.search(rf"[\"'/]{name}\b", text)], module.name


def test_every_feed_is_read_by_a_model() -> None:
    assert {"/".join(feed) for feed in dbt_run.read_feeds()} == set(FEEDS)


def test_no_snapshot_that_looks_back_is_expected_less_often_than_it_reaches() -> None:
    seed = PROJECT_ROOT / "dbt_project" / "seeds" / "gate" / "feed_rhythms.csv"
    with seed.open(encoding="utf-8", newline="") as lines:
        rhythms = [
            (FEEDS[f"{row['source']}/{row['feed']}"], int(row["delivered_every_days"]))
            for row in csv.DictReader(lines)
        ]
    assert rhythms
    for feed, days in rhythms:
        assert days > 1
        assert not feed.reaches_back_days or days <= feed.reaches_back_days + 1, feed.folder
