"""The JSON feeds of vendors through landing: their examples with totals worked out by hand, and who acted."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.home import Home
from tests.unit import json_records as records
from tests.unit.json_records import (
    DAILY,
    ENTERPRISE,
    EVENTS,
    GEMINI,
    OPENAI_USERS,
    SEATS,
    stated_rows,
)
from tests.unit.landing_home import COPILOT, LandingHome
from tests.unit.vendor_examples import vendor_example

DAY = date(2026, 3, 2)


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def test_the_example_of_claude_enterprise_lands_on_the_day_of_its_name(landing: LandingHome) -> None:
    """All its counters are 0; its placeholder for an address is none, so the id names the user."""
    example = vendor_example("anthropic_enterprise_analytics/docs_users.json")
    (row,) = stated_rows(landing, f"{ENTERPRISE}/users_2026-03-02.json", example)
    counters = {name: value for name, value in row.items() if name.endswith("_count")}
    # 10 chat, 3 + 2 lines + 2 edits of code, 8 of cowork, 3 of design, 4 of science, 4 x 2 of office, web.
    assert len(counters) == 10 + 7 + 8 + 3 + 4 + 8 + 1
    assert set(counters.values()) == {0}
    assert {name: value for name, value in row.items() if name not in counters} == {
        "record_line": 1,
        "activity_date": DAY,
        "actor_kind": "vendor_id",
        "actor_name": "id",
        "vendor_user_id": "id",
        "rbac_group_id": "rbac_group_id",
    }
    (delivery,) = landing.deliveries()
    assert (delivery.is_complete, delivery.covers_from) == (False, None)  # it has a next page


def test_a_counter_of_claude_enterprise_that_is_null_is_not_zero(landing: LandingHome) -> None:
    page = {"data": [records.enterprise_user()], "next_page": None}
    (row,) = stated_rows(landing, f"{ENTERPRISE}/users_2026-03-02.json", page)
    assert row == {
        "record_line": 1,
        "activity_date": DAY,
        "actor_kind": "email",
        "actor_name": "ann@example.com",
        "vendor_user_id": "user_1",
        "chat_message_count": 3,
        "web_search_count": 0,
    }
    (delivery,) = landing.deliveries()
    assert (delivery.covers_from, delivery.covers_to) == (DAY, DAY)


def test_the_same_answer_of_claude_enterprise_on_two_days_is_two_deliveries(landing: LandingHome) -> None:
    page = json.dumps({"data": [records.enterprise_user()], "next_page": None})
    landing.put(f"{ENTERPRISE}/users_2026-03-02.json", page)
    landing.put(f"{ENTERPRISE}/users_2026-03-03.json", page)
    report = landing.land()
    assert [delivery.covers_from for delivery in report.landed] == [DAY, date(2026, 3, 3)]
    assert report.duplicates == ()


@pytest.mark.parametrize("name", ["users.json", "users_2026-03-02_2026-03-08.json"])
def test_users_of_claude_enterprise_without_one_day_in_the_name_are_rejected(
    landing: LandingHome, name: str
) -> None:
    page = {"data": [records.enterprise_user()], "next_page": None}
    rows = stated_rows(landing, f"{ENTERPRISE}/{name}", page, "reject_reason, activity_date")
    assert rows == [{"reject_reason": "no snapshot date"}]


def test_the_example_of_copilot_is_a_list_in_a_file_and_lands_as_it_is(landing: LandingHome) -> None:
    example = vendor_example("github_copilot/docs_users_1_day_user_level.json")
    (row,) = stated_rows(landing, f"{COPILOT}/x.json", example)
    assert row["activity_date"] == date(2025, 10, 1)
    assert (row["actor_kind"], row["actor_name"], row["user_id"]) == ("login", "login1", 1)
    assert (row["loc_suggested_to_add_sum"], row["loc_added_sum"], row["cli_prompt_count"]) == (10, 8, 2)
    assert (row["cli_prompt_token_count"], row["cli_output_token_count"]) == (3800, 5000)
    assert [feature["feature"] for feature in row["totals_by_feature"]] == ["code_completion"]


def test_one_person_has_a_seat_per_team_and_some_seats_are_nobodys(landing: LandingHome) -> None:
    team = {"id": 9, "name": "t", "slug": "t", "type": "Team"}
    organization = {"id": 10, "login": "acme", "type": "Organization"}
    seats = [
        records.seat(),
        records.seat(assigning_team=None, organization={"id": 3, "login": "acme"}),
        records.seat(assignee=None),
        records.seat(assignee=team),
        records.seat(assignee=organization),
        records.seat(assignee={"type": "User", "id": 5}),
        records.seat(assignee="ann"),
    ]
    content = {"total_seats": 2, "seats": seats}
    rows = landing.landed_rows(
        f"{SEATS}/seats_2026-03-02.json",
        json.dumps(content),
        "actor_kind, actor_name, assignee_id, assigning_team_id, organization_id, reject_reason",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("login", "ann_acme", 5, 8, None, None),
        ("login", "ann_acme", 5, None, 3, None),
        ("none", None, None, 8, None, None),
        ("none", None, 9, 8, None, None),
        ("none", None, 10, 8, None, None),
        (None, None, 5, 8, None, "assignee.login: missing"),
        ("none", None, None, 8, None, "assignee: not an object"),
    ]


def test_a_seat_is_landed_in_full(landing: LandingHome) -> None:
    (row,) = stated_rows(landing, f"{SEATS}/seats_2026-03-02.json", {"seats": [records.seat()]})
    assert row == {
        "record_line": 1,
        "activity_date": DAY,
        "actor_kind": "login",
        "actor_name": "ann_acme",
        "assignee_id": 5,
        "assignee_type": "User",
        "assigning_team_id": 8,
        "plan_type": "enterprise",
        "created_at": datetime(2026, 1, 1),
        "last_activity_at": datetime(2026, 3, 2, 2),
        "last_activity_editor": "vscode/1.1",
    }


def test_the_examples_of_openai_land_as_they_are(landing: LandingHome) -> None:
    (row,) = stated_rows(
        landing, f"{records.COMPLETIONS}/x.json", vendor_example("openai/usage_completions.json")
    )
    assert row == {
        "record_line": 1,
        "activity_date": date(2024, 11, 1),
        "actor_kind": "none",
        "bucket_start_at": datetime(2024, 11, 1),
        "bucket_end_at": datetime(2024, 11, 2),
        "request_count": 5,
        "input_token_count": 1000,
        "uncached_input_token_count": 500,
        "cache_read_token_count": 400,
        "cache_write_token_count": 100,
        "output_token_count": 500,
    }
    (user,) = stated_rows(
        landing, f"{OPENAI_USERS}/users_2026-03-02.json", vendor_example("openai/users.json")
    )
    assert user == {
        "record_line": 1,
        "activity_date": DAY,
        "vendor_user_id": "user_abc",
        "email": "user@example.com",
    }


def test_openai_usage_names_a_user_else_a_key_else_nobody(landing: LandingHome) -> None:
    results = [
        records.completions(api_key_id="key_1"),
        records.completions(user_id=None, api_key_id="key_1"),
        records.completions(user_id=None),
    ]
    page = records.completions_page(records.bucket(0, *results))
    rows = landing.landed_rows(
        f"{records.COMPLETIONS}/x.json", json.dumps(page), "actor_kind, actor_name, api_key_id, reject_reason"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("vendor_id", "user-1", "key_1", None),
        ("api_key", "key_1", "key_1", None),
        ("none", None, None, None),
    ]


@pytest.mark.parametrize(
    ("example", "active"), [("docs_daily_usage_active_only", 1), ("docs_daily_usage_paginated", 2)]
)
def test_the_examples_of_cursor_days_land_with_and_without_pages(
    landing: LandingHome, example: str, active: int
) -> None:
    rows = stated_rows(landing, f"{DAILY}/x.json", vendor_example(f"cursor/{example}.json"))
    assert len(rows) == active
    assert rows[0]["actor_name"] == "developer@company.com"
    assert (rows[0]["total_lines_added_count"], rows[0]["accepted_lines_added_count"]) == (1543, 1102)
    # 45 + 128 + 12 + 67 requests; 342 tabs shown, 289 accepted.
    requests = ("composer_request_count", "chat_request_count", "agent_request_count", "inline_edit_count")
    assert sum(rows[0][name] for name in requests) == 252
    assert (rows[0]["tab_shown_count"], rows[0]["tab_accepted_count"]) == (342, 289)
    for row in rows[1:]:
        assert (row["is_active"], row["actor_name"]) == (False, "inactive-user@company.com")
        assert {value for name, value in row.items() if name.endswith("_count")} == {0}
    (delivery,) = landing.deliveries()
    assert (delivery.covers_from, delivery.covers_to) == (date(2024, 3, 18), date(2024, 3, 19))


def test_the_example_of_cursor_events_lands_as_it_is(landing: LandingHome) -> None:
    rows = stated_rows(landing, f"{EVENTS}/x.json", vendor_example("cursor/docs_usage_events.json"))
    assert [row["actor_name"] for row in rows] == [
        "developer@company.com",
        "developer@company.com",
        "admin@company.com",
    ]
    # (21.36232 + 37.33 + 8) cents; 126 + 5805 tokens in, 450 + 311 out.
    assert sum(row["charged_usd"] for row in rows) == Decimal("0.6669232")
    assert sum(row.get("list_cost_usd", 0) for row in rows) == Decimal("0.6034932")
    assert sum(row.get("input_token_count", 0) for row in rows) == 5931
    assert sum(row.get("output_token_count", 0) for row in rows) == 761
    assert sum(row["request_cost_count"] for row in rows) == Decimal("16.4")
    assert rows[0]["occurred_at"] == datetime(2025, 6, 26, 23, 7, 5, 854_000)
    assert "input_token_count" not in rows[2]
    (delivery,) = landing.deliveries()
    assert (delivery.is_complete, delivery.covers_from) == (False, None)


def test_the_older_name_of_the_kind_of_a_cursor_event_is_read(landing: LandingHome) -> None:
    event = records.cursor_event(kindLabel="Included")
    del event["kind"]
    rows = stated_rows(landing, f"{EVENTS}/x.json", {"usageEvents": [event]}, "event_kind, is_headless")
    assert rows == [{"event_kind": "Included", "is_headless": True}]


def test_an_activity_of_gemini_is_as_many_records_as_it_has_events(landing: LandingHome) -> None:
    page = {
        "kind": "admin#reports#activities",
        "items": [
            records.activity(
                records.gemini_event(app_name="GMAIL", action="summarize"),
                records.gemini_event("feature_feedback", app_name="gmail"),
            ),
            records.activity(records.gemini_event(app_name="docs"), actor={"profileId": "111"}),
            records.activity(records.gemini_event(app_name="docs"), actor={"callerType": "KEY"}),
        ],
    }
    rows = stated_rows(landing, f"{GEMINI}/x.json", page)
    first = {
        "record_line": 1,
        "activity_date": DAY,
        "actor_kind": "email",
        "actor_name": "ann@example.com",
        "activity_qualifier": "-77",
        "event_index": 0,
        "vendor_user_id": "110",
        "event_type": "ai_usage_event",
        "event_name": "feature_utilization",
        "app_name": "gmail",
        "action": "summarize",
        "occurred_at": datetime(2026, 3, 2, 23, 59, 59, 250_000),
    }
    second = first | {"record_line": 2, "event_index": 1, "event_name": "feature_feedback"}
    del second["action"]
    assert rows[:2] == [first, second]
    assert [(row["actor_kind"], row.get("actor_name"), row["event_index"]) for row in rows[2:]] == [
        ("vendor_id", "111", 0),
        ("none", None, 0),
    ]
