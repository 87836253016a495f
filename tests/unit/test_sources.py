"""The declarations of the sources: complete, consistent, and free of content fields."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.judgement_sql import DateBounds, Given
from orchestration.landing.record_sql import csv_rows_sql, json_rows_sql
from orchestration.sources import FEEDS, SOURCES
from orchestration.sources.base import Feed, Field, Rows, Total

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
    "access/entitlements": [*_texts("employee_id", "tool_id", "status"), *_dates("from_date", "to_date")],
    "identity/service_accounts": [
        *_texts("account_source", "account_name", "account_kind", "owner_employee_id"),
        *_dates("from_date", "to_date"),
    ],
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
def test_the_record_key_is_landed(folder: str) -> None:
    landed = {name for name, _ in COMMON + COLUMNS[folder]}
    assert FEEDS[folder].record_key
    assert set(FEEDS[folder].record_key) <= landed


def test_only_the_source_with_content_needs_an_approval() -> None:
    assert [source.name for source in SOURCES if source.carries_content] == ["chatgpt"]


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
    modules = [*(folder / "landing").glob("*.py"), folder / "ledger.py"]
    assert len(modules) > 5
    for module in modules:
        text = module.read_text()
        assert not [name for name in names if name in text], module.name
