"""The feeds that vendors hand out as CSV, through landing: their own examples with totals worked out by hand,
who acted, and that nothing but declared columns leaves the inbox.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from orchestration.landing.csv_header import read_header
from orchestration.settings import Settings
from orchestration.sources import FEEDS
from orchestration.sources.base import Field
from tests.unit.landing_home import AMAZON_Q, ANALYTICS, M365, LandingHome, stated
from tests.unit.vendor_examples import vendor_example

DAY = date(2026, 3, 2)


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def test_the_example_of_microsoft_365_copilot_lands_as_it_is(landing: LandingHome) -> None:
    content = vendor_example("microsoft_365_copilot/graph_user_detail.json")
    (row,) = landing.landed_rows(f"{M365}/x.json", content)
    assert stated(row) == {
        "record_line": 1,
        "activity_date": date(2024, 8, 20),
        "actor_kind": "upn_hash",
        "actor_name": "dc8c64d6ec3a3aa17481d7e5eb5b68a6",
        "last_activity_date": date(2024, 8, 20),
        "chat_last_activity_date": date(2024, 8, 16),
        "teams_last_activity_date": date(2024, 8, 20),
        "word_last_activity_date": date(2024, 8, 6),
        "powerpoint_last_activity_date": date(2024, 3, 26),
    }


def test_pages_of_microsoft_365_copilot_end_where_no_link_follows(landing: LandingHome) -> None:
    """The vendor's example names a next page, so by itself it covers no day."""
    page = json.loads(vendor_example("microsoft_365_copilot/graph_user_detail.json"))
    landing.put(f"{M365}/2024-08-20.json", json.dumps(page))
    (cut,) = landing.land().landed
    assert (cut.is_complete, cut.covers_from) == (False, None)
    last = {"value": page["value"]}
    landing.put(f"{M365}/whole_2024-08-20.json", json.dumps(page) + "\n" + json.dumps(last) + "\n")
    (whole,) = landing.land().landed
    assert (whole.is_complete, whole.covers_from, whole.record_count) == (True, date(2024, 8, 20), 2)


def test_json_and_csv_of_microsoft_365_copilot_give_the_same_row(landing: LandingHome) -> None:
    """In the CSV the names have blanks, and Copilot Chat stands last instead of first."""
    header = vendor_example("microsoft_365_copilot/graph_user_detail_header.csv").decode().strip()
    landing.put(f"{M365}/header.csv", header + "\n")
    (empty,) = landing.land().landed
    assert empty.record_count == 0
    csv_line = (
        "2026-03-02,30,Ann@Example.com,Ann Lee,2026-03-01,"
        "2026-02-01,2026-02-02,,2026-02-04,,,2026-02-07,2026-03-01"
    )
    record = {
        "reportRefreshDate": "2026-03-02",
        "userPrincipalName": "Ann@Example.com",
        "displayName": "Ann Lee",
        "lastActivityDate": "2026-03-01",
        "copilotChatLastActivityDate": "2026-03-01",
        "microsoftTeamsCopilotLastActivityDate": "2026-02-01",
        "wordCopilotLastActivityDate": "2026-02-02",
        "excelCopilotLastActivityDate": "",
        "powerPointCopilotLastActivityDate": "2026-02-04",
        "outlookCopilotLastActivityDate": "",
        "oneNoteCopilotLastActivityDate": "",
        "loopCopilotLastActivityDate": "2026-02-07",
        "copilotActivityUserDetailsByPeriod": [{"reportPeriod": 30}],
    }
    columns = "* exclude (delivery_id, record_line)"
    (from_json,) = landing.landed_rows(f"{M365}/x.json", json.dumps({"value": [record]}), columns)
    (from_csv,) = landing.landed_rows(f"{M365}/x.csv", f"{header}\n{csv_line}\n", columns)
    assert from_csv == from_json
    assert stated(from_csv) == {
        "activity_date": DAY,
        "actor_kind": "email",
        "actor_name": "ann@example.com",
        "last_activity_date": date(2026, 3, 1),
        "chat_last_activity_date": date(2026, 3, 1),
        "teams_last_activity_date": date(2026, 2, 1),
        "word_last_activity_date": date(2026, 2, 2),
        "powerpoint_last_activity_date": date(2026, 2, 4),
        "loop_last_activity_date": date(2026, 2, 7),
    }


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({}, "email", None),
        ({"userPrincipalName": "0" * 32}, "upn_hash", None),
        ({"userPrincipalName": "0" * 31}, None, "userPrincipalName: not a user principal name"),
        ({"userPrincipalName": "0" * 33}, None, "userPrincipalName: not a user principal name"),
        ({"userPrincipalName": ""}, None, "userPrincipalName: missing"),
        ({"userPrincipalName": 5}, None, "userPrincipalName: not a text"),
        ({"lastActivityDate": None}, "email", None),
        ({"lastActivityDate": ""}, "email", None),
        ({"lastActivityDate": "01/02/2026"}, "email", "lastActivityDate: not a date (YYYY-MM-DD)"),
    ],
)
def test_who_is_who_in_microsoft_365_copilot(
    landing: LandingHome, changes: dict[str, Any], kind: str | None, reason: str | None
) -> None:
    record = {"reportRefreshDate": "2026-03-02", "userPrincipalName": "a@x.org", "lastActivityDate": ""}
    content = json.dumps({"value": [record, record | changes]})
    _, row = landing.landed_rows(f"{M365}/x.json", content, "actor_kind, reject_reason")
    assert row == {"actor_kind": kind, "reject_reason": reason}


def test_a_key_that_must_be_there_may_be_empty_but_not_missing(landing: LandingHome) -> None:
    record = {"reportRefreshDate": "2026-03-02", "userPrincipalName": "a@x.org"}
    (row,) = landing.landed_rows(f"{M365}/x.json", json.dumps({"value": [record]}), "reject_reason")
    assert row == {"reject_reason": "lastActivityDate: missing"}


def test_the_examples_of_chatgpt_analytics_land_as_they_are(landing: LandingHome) -> None:
    found = []
    for week in ("2025-03-30", "2025-04-06"):
        content = vendor_example(f"openai/chatgpt_enterprise_weekly_user_report_{week}.csv")
        found += landing.landed_rows(f"{ANALYTICS}/workspace weekly user report {week}.csv", content)
    assert [row["reject_reason"] for row in found] == [None, None, None]
    # 25 and 10 messages in the first week, 30 in the second.
    assert [row["message_count"] for row in found] == [25, 10, 30]
    assert [row["gpt_message_count"] for row in found] == [5, 2, 8]
    assert [row["tool_message_count"] for row in found] == [3, 1, 5]
    assert [row["project_message_count"] for row in found] == [2, 0, 3]
    assert stated(found[0]) == {
        "record_line": 2,
        "activity_date": date(2025, 3, 30),
        "actor_kind": "email",
        "actor_name": "test.user1@eldridge.com",
        "cadence": "weekly",
        "period_end_date": date(2025, 4, 5),
        "workspace_id": "8692590815c34cfca1333ff09b53ee58",
        "vendor_user_id": "user-test1",
        "is_active": True,
        "first_active_date": date(2025, 4, 2),
        "last_active_date": date(2025, 4, 5),
        "message_count": 25,
        "gpt_message_count": 5,
        "tool_message_count": 3,
        "project_message_count": 2,
    }


def test_an_older_layout_of_chatgpt_analytics_lands_what_it_has(landing: LandingHome) -> None:
    content = (
        "cadence,period_start,period_end,public_id,name,email,groups,is_active,messages,model_to_messages\n"
        "Monthly,2026-02-01,2026-02-28,user-2,\"Lee, Ann\",,\"['a', 'b']\",0,,\"{'gpt-4o': 1, 'o3': 2}\"\n"
    )
    (row,) = landing.landed_rows(f"{ANALYTICS}/x.csv", content)
    assert stated(row) == {
        "record_line": 2,
        "activity_date": date(2026, 2, 1),
        "actor_kind": "vendor_id",
        "actor_name": "user-2",
        "cadence": "monthly",
        "period_end_date": date(2026, 2, 28),
        "vendor_user_id": "user-2",
        "is_active": False,
    }


@pytest.mark.parametrize(
    ("folder", "example"),
    [
        (AMAZON_Q, "amazon_q/devlake_by_user_analytic_15cols.csv"),
        (AMAZON_Q, "amazon_q/devlake_by_user_analytic_newmetrics.csv"),
        (AMAZON_Q, "amazon_q/kiro_user_report_header.csv"),
        (M365, "microsoft_365_copilot/graph_user_detail_header.csv"),
        (ANALYTICS, "openai/chatgpt_enterprise_weekly_user_report_2025-03-30.csv"),
    ],
)
def test_every_column_of_the_vendors_examples_is_known(folder: str, example: str) -> None:
    header = vendor_example(example).decode().splitlines()[0]
    assert read_header(FEEDS[folder], header).unknown == ()


ROTA = [
    ("007,2026-03-07,1\n", (None, "007", date(2026, 3, 7), Decimal("1.000"))),
    ("007,2026-03-08,0\n", (None, "007", date(2026, 3, 8), Decimal("0.000"))),
    ("007,2026-03-09,0.5\n", (None, "007", date(2026, 3, 9), Decimal("0.500"))),
    ("007,2026-12-24,1\n", (None, "007", date(2026, 12, 24), Decimal("1.000"))),
    ("007,2026-03-10,\n", ("day_fraction: missing", "007", date(2026, 3, 10), None)),
    ("007,2026-03-10,2\n", ("day_fraction: above 1", "007", date(2026, 3, 10), None)),
    (",2026-03-10,1\n", ("employee_id: missing", None, date(2026, 3, 10), None)),
    ("007,,1\n", ("work_date: missing", "007", None, None)),
]


def test_a_rota_lands_with_days_to_come(landing: LandingHome) -> None:
    content = "employee_id,work_date,day_fraction\n" + "".join(line for line, _ in ROTA)
    columns = "reject_reason, employee_id, work_date, day_fraction"
    rows = landing.landed_rows("hr/rota/r_2026-03-01.csv", content, columns)
    assert [tuple(row.values()) for row in rows] == [expected for _, expected in ROTA]
    line = '{"employee_id": "007", "work_date": "2026-03-07", "day_fraction": 1, "shift": "late"}\n'
    (row,) = landing.landed_rows("hr/rota/r.ndjson", line, columns)
    assert tuple(row.values()) == ROTA[0][1]


def _canary_file(folder: str, *, is_rejected: bool) -> str:
    """One row with a canary in every column that is not landed, known and unknown ones."""
    feed = FEEDS[folder]
    written = {"day": "2026-03-02", "utc_day": "2026-03-02", "flag": "1", "count": "1", "amount": "1"}
    row = {
        field.csv_name or field.path: written.get(field.kind, "weekly")
        for field in feed.fields
        if isinstance(field, Field)
    }
    row |= {actor.name.csv_name or actor.name.path: "ann@x.org" for actor in feed.actors}
    assert feed.date_field
    row[feed.date_field.csv_name or feed.date_field.path] = "CANARY-DAY" if is_rejected else "2026-03-02"
    row |= {column: f'CANARY, "{column}"' for column in (*feed.ignored_csv_columns, "prompt", "CANARY NAME")}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row.keys(), row.values()])
    return text.getvalue()


@pytest.mark.parametrize("folder", [AMAZON_Q, ANALYTICS, M365])
def test_nothing_but_declared_columns_leaves_the_inbox(landing: LandingHome, folder: str) -> None:
    landing.put(f"{folder}/accepted.csv", _canary_file(folder, is_rejected=False))
    landing.put(f"{folder}/rejected.csv", _canary_file(folder, is_rejected=True))
    landing.put(f"{folder}/broken.csv", _canary_file(folder, is_rejected=False) + '"CANARY\n')
    landing.put(f"{folder}/refused.csv", "CANARY,CANARY\nCANARY,CANARY\n")
    if folder == M365:
        record = {"reportRefreshDate": "2026-03-02", "userPrincipalName": "a@x.org", "displayName": "CANARY"}
        landing.put(f"{folder}/page.json", json.dumps({"value": [record], "CANARY": "CANARY"}))
    report = landing.land(now=datetime(2026, 3, 31))
    assert "CANARY" not in repr(report)
    rejected = {delivery.file_path.rpartition("/")[2]: delivery.rejected_count for delivery in report.landed}
    assert rejected == {"accepted.csv": 0, "rejected.csv": 1, "broken.csv": 1} | (
        {"page.json": 1} if folder == M365 else {}
    )
    outside = [
        path
        for path in landing.home.root.rglob("*")
        if path.is_file() and landing.home.inbox not in path.parents
    ]
    assert len(outside) > 3
    for path in outside:
        assert b"CANARY" not in path.read_bytes(), path
        if path.suffix == ".parquet":
            with duckdb.connect() as database:
                assert "CANARY" not in repr(database.execute(f"from read_parquet('{path}')").fetchall())


def test_analytics_need_no_approval_as_they_carry_no_content(landing: LandingHome) -> None:
    landing.put(f"{ANALYTICS}/x.csv", _canary_file(ANALYTICS, is_rejected=False))
    landing.put("chatgpt/conversation_messages/x.json", "{}")
    report = landing.land(settings=Settings())
    assert [delivery.feed for delivery in report.landed] == ["user_analytics"]
    (notice,) = report.notices
    assert notice.startswith("inbox/chatgpt/conversation_messages carries content")
