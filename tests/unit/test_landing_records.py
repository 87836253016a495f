"""Single records: what is accepted, what is rejected with which reason, and that nothing else is kept."""

from __future__ import annotations

import json
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from tests.unit.landing_home import (
    CHATGPT,
    CLAUDE,
    COPILOT,
    CUTOFF_COLUMNS,
    WORKERS_HEADER,
    LandingHome,
    chat_record,
    claude_record,
    copilot_record,
    ndjson,
    page,
    worker_row,
)

DAY = date(2026, 3, 2)


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _core(**changes: Any) -> dict[str, Any]:
    return {"core_metrics": claude_record()["core_metrics"] | changes}


def _breakdown(**changes: Any) -> dict[str, Any]:
    return {"model_breakdown": [claude_record()["model_breakdown"][0] | changes]}


def _tokens(**changes: Any) -> dict[str, Any]:
    return _breakdown(tokens={"input": 1, "output": 2, "cache_read": 3, "cache_creation": 4} | changes)


def test_a_claude_record_is_landed_in_full(landing: LandingHome) -> None:
    (row,) = landing.landed_rows(f"{CLAUDE}/x.json", page(claude_record(" Ann@Example.COM ", is_remote=True)))
    delivery_id = row.pop("delivery_id")
    assert len(delivery_id) == 16
    assert row == {
        "record_line": 1,
        "activity_date": DAY,
        "reject_reason": None,
        "actor_kind": "email",
        "actor_name": "ann@example.com",
        "organization_id": "org-1",
        "customer_type": "api",
        "subscription_type": None,
        "terminal_type": "vscode",
        "is_remote": True,
        "session_count": 5,
        "lines_added_count": 7,
        "lines_removed_count": 2,
        "commit_count": 1,
        "pull_request_count": 0,
        "edit_accepted_count": 6,
        "edit_rejected_count": 1,
        "model_breakdown": [
            {
                "model_name": "claude-opus-5",
                "input_token_count": 10,
                "output_token_count": 20,
                "cache_read_token_count": 30,
                "cache_write_token_count": 40,
                "list_cost_usd": Decimal("1.860000"),
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tool_actions": None}, {"edit_accepted_count": None, "edit_rejected_count": None}),
        ({"tool_actions": {}}, {"edit_accepted_count": None, "edit_rejected_count": None}),
        (
            {"tool_actions": {"edit_tool": {"accepted": 0}}},
            {"edit_accepted_count": 0, "edit_rejected_count": None},
        ),
        ({"model_breakdown": []}, {"model_breakdown": []}),
        ({"model_breakdown": None}, {"model_breakdown": None}),
        ({"subscription_type": "team"}, {"subscription_type": "team"}),
        (_core(num_sessions=0), {"session_count": 0}),
        (_core(num_sessions=1_000_000), {"session_count": 1_000_000}),
        ({"date": "2026-03-02"}, {"activity_date": DAY}),
        ({"date": "2026-03-02T00:00:00.000+00:00"}, {"activity_date": DAY}),
        (
            {"actor": {"type": "api_actor", "api_key_name": " Nightly Key "}},
            {"actor_kind": "api_key", "actor_name": "Nightly Key"},
        ),
    ],
)
def test_absent_and_zero_stay_apart_in_claude_records(
    landing: LandingHome, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    columns = f"reject_reason, {', '.join(expected)}"
    (row,) = landing.landed_rows(f"{CLAUDE}/x.json", page(claude_record(**changes)), columns)
    assert row == {"reject_reason": None} | expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(186, "1.860000"), (0, "0.000000"), (186.5, "1.865000"), (0.01, "0.000100"), (1e2, "1.000000")],
)
def test_cents_become_exact_dollars(landing: LandingHome, amount: float, expected: str) -> None:
    record = claude_record(**_breakdown(estimated_cost={"currency": "USD", "amount": amount}))
    (row,) = landing.landed_rows(f"{CLAUDE}/x.json", page(record), "model_breakdown[1].list_cost_usd as cost")
    assert row["cost"] == Decimal(expected)


WRONG_CLAUDE: list[tuple[dict[str, Any], str]] = [
    ({"date": None}, "date: missing"),
    ({"date": 20260302}, "date: not a text"),
    ({"date": "02.03.2026"}, "date: not a day in UTC"),
    ({"date": "2026-02-30"}, "date: not a day in UTC"),
    ({"date": "2026-03-02T00:00:00"}, "date: not a day in UTC"),
    ({"date": "2026-03-02T00:00:00+02:00"}, "date: not a day in UTC"),
    ({"date": "2026-03-02T23:59:60Z"}, "date: not a day in UTC"),
    ({"date": "1970-01-01"}, "date: before the earliest date of the settings"),
    ({"date": "2023-12-31"}, "date: before the earliest date of the settings"),
    ({"date": "2026-04-02"}, "date: more than a day in the future"),
    ({"actor": None}, "actor.type: missing"),
    ({"actor": "ann@example.com"}, "actor.type: missing"),
    ({"actor": {"type": "robot"}}, "actor.type: not user_actor or api_actor"),
    ({"actor": {"type": "user_actor"}}, "actor.email_address: missing"),
    ({"actor": {"type": "user_actor", "email_address": " "}}, "actor.email_address: missing"),
    ({"actor": {"type": "user_actor", "email_address": 7}}, "actor.email_address: not a text"),
    ({"actor": {"type": "user_actor", "email_address": "ann"}}, "actor.email_address: not an e-mail address"),
    (
        {"actor": {"type": "user_actor", "email_address": "a" * 250 + "@x.org"}},
        "actor.email_address: longer than 254 characters",
    ),
    (
        {"actor": {"type": "user_actor", "email_address": "a\x00@x.org"}},
        "actor.email_address: holds control characters",
    ),
    ({"actor": {"type": "api_actor", "email_address": "a@x.org"}}, "actor.api_key_name: missing"),
    ({"organization_id": None}, "organization_id: missing"),
    ({"terminal_type": ["vscode"]}, "terminal_type: not a text"),
    ({"terminal_type": "x" * 101}, "terminal_type: longer than 100 characters"),
    ({"is_remote": "true"}, "is_remote: not true or false"),
    ({"is_remote": 1}, "is_remote: not true or false"),
    ({"core_metrics": "none"}, "core_metrics.num_sessions: missing"),
    ({"core_metrics": [1]}, "core_metrics.num_sessions: missing"),
    (_core(num_sessions="5"), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions=5.0), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions=True), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions={}), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions=float("nan")), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions=float("inf")), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions="1,000"), "core_metrics.num_sessions: not a whole number"),
    (_core(num_sessions=-1), "core_metrics.num_sessions: negative"),
    (_core(num_sessions=1_000_001), "core_metrics.num_sessions: above 1000000"),
    (_core(num_sessions=10**30), "core_metrics.num_sessions: above 1000000"),
    (_core(num_sessions=None), "core_metrics.num_sessions: missing"),
    (_core(lines_of_code=5), "core_metrics.lines_of_code.added: missing"),
    ({"tool_actions": "many"}, "tool_actions: not an object"),
    ({"tool_actions": {"edit_tool": 5}}, "tool_actions.edit_tool: not an object"),
    (
        {"tool_actions": {"edit_tool": {"accepted": "4"}}},
        "tool_actions.edit_tool.accepted: not a whole number",
    ),
    ({"tool_actions": {"write_tool": {"rejected": -4}}}, "tool_actions.write_tool.rejected: negative"),
    ({"model_breakdown": {}}, "model_breakdown: not a list"),
    ({"model_breakdown": "claude"}, "model_breakdown: not a list"),
    ({"model_breakdown": [None]}, "model_breakdown: an element is not an object"),
    ({"model_breakdown": [5]}, "model_breakdown.model: missing"),
    (_breakdown(model=5), "model_breakdown.model: not a text"),
    (_breakdown(model="please write me"), "model_breakdown.model: not a model name"),
    (_breakdown(tokens=5), "model_breakdown.tokens.input: missing"),
    (_tokens(output=1.5), "model_breakdown.tokens.output: not a whole number"),
    (_tokens(cache_read=-1), "model_breakdown.tokens.cache_read: negative"),
    (_tokens(input=10**12 + 1), "model_breakdown.tokens.input: above 1000000000000"),
    (
        _breakdown(estimated_cost={"currency": "USD", "amount": "186"}),
        "model_breakdown.estimated_cost.amount: not a number",
    ),
    (
        _breakdown(estimated_cost={"currency": "USD", "amount": -1}),
        "model_breakdown.estimated_cost.amount: negative",
    ),
    (
        _breakdown(estimated_cost={"currency": "EUR", "amount": 1}),
        "model_breakdown.estimated_cost.amount: not in USD",
    ),
]


def test_each_wrong_claude_record_is_rejected_between_its_neighbours(landing: LandingHome) -> None:
    records: list[dict[str, Any]] = []
    for changes, _ in WRONG_CLAUDE:
        records += [claude_record("good@x.org"), claude_record(**changes)]
    rows = landing.landed_rows(f"{CLAUDE}/x.json", ndjson(*records))
    assert [row["record_line"] for row in rows] == list(range(1, len(records) + 1))
    assert {row["reject_reason"] for row in rows[::2]} == {None}
    assert [row["reject_reason"] for row in rows[1::2]] == [reason for _, reason in WRONG_CLAUDE]
    for row in rows[1::2]:
        reason = row["reject_reason"]
        assert (row["session_count"], row["model_breakdown"]) == (None, None)
        assert row["activity_date"] == (None if reason.startswith("date") else DAY)
        is_actor_wrong = reason.startswith("actor")
        assert row["actor_name"] == (None if is_actor_wrong else "ann@example.com")
        assert row["actor_kind"] == (None if is_actor_wrong else "email")


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2024-01-01", None),
        ("2026-04-01", None),
        ("2026-04-02", "day: more than a day in the future"),
        ("2023-12-31", "day: before the earliest date of the settings"),
    ],
)
def test_dates_count_from_the_earliest_to_tomorrow(
    landing: LandingHome, day: str, reason: str | None
) -> None:
    (row,) = landing.landed_rows(
        f"{COPILOT}/x.ndjson", ndjson(copilot_record(day=day)), "activity_date, reject_reason"
    )
    assert row == {"activity_date": None if reason else date.fromisoformat(day), "reject_reason": reason}


@pytest.mark.parametrize(
    "token", ["1e400", "1E400", "NaN", "Infinity", "-Infinity", "5.0", "5e0", '"5"', "01", "+5"]
)
def test_odd_numbers_are_never_taken_for_counts(landing: LandingHome, token: str) -> None:
    line = json.dumps(copilot_record(loc_added_sum=0)).replace(
        '"loc_added_sum": 0', f'"loc_added_sum": {token}'
    )
    rows = landing.landed_rows(
        f"{COPILOT}/x.ndjson", ndjson(copilot_record()) + line + "\n", "reject_reason, loc_added_sum"
    )
    wrong = "record: not valid JSON" if token in ("01", "+5") else "loc_added_sum: not a whole number"
    assert rows[1] == {"reject_reason": wrong, "loc_added_sum": None}


def test_a_full_copilot_record_is_landed(landing: LandingHome) -> None:
    record = copilot_record(
        "Ann_ACME",
        loc_added_sum=8,
        used_agent=False,
        totals_by_cli={
            "session_count": 2,
            "request_count": 3,
            "prompt_count": 4,
            "token_usage": {"prompt_tokens_sum": 5, "output_tokens_sum": 6, "avg_tokens_per_request": 1.5},
        },
        totals_by_feature=[
            {
                "feature": "code_completion",
                "code_generation_activity_count": 9,
                "loc_suggested_to_delete_sum": 1,
            }
        ],
    )
    (row,) = landing.landed_rows(f"{COPILOT}/x.ndjson", ndjson(record))
    stated = {name: value for name, value in row.items() if value is not None and name != "delivery_id"}
    assert stated == {
        "record_line": 1,
        "activity_date": DAY,
        "actor_kind": "login",
        "actor_name": "ann_acme",
        "user_id": 1,
        "user_initiated_interaction_count": 3,
        "loc_added_sum": 8,
        "used_agent": False,
        "used_chat": True,
        "cli_session_count": 2,
        "cli_request_count": 3,
        "cli_prompt_count": 4,
        "cli_prompt_token_count": 5,
        "cli_output_token_count": 6,
        "totals_by_feature": [
            {
                "feature": "code_completion",
                "user_initiated_interaction_count": None,
                "code_generation_activity_count": 9,
                "code_acceptance_activity_count": None,
                "loc_suggested_to_add_sum": None,
                "loc_added_sum": None,
                "loc_deleted_sum": None,
            }
        ],
    }


WRONG_COPILOT: list[tuple[str, str]] = [
    (json.dumps(copilot_record(user_login=None)), "user_login: missing"),
    (json.dumps(copilot_record(user_login="ann lee")), "user_login: not a login"),
    (json.dumps(copilot_record(used_chat="yes")), "used_chat: not true or false"),
    (json.dumps(copilot_record(used_chat=0)), "used_chat: not true or false"),
    (json.dumps(copilot_record(totals_by_cli=[])), "totals_by_cli: not an object"),
    (
        json.dumps(copilot_record(totals_by_cli={"token_usage": 5})),
        "totals_by_cli.token_usage: not an object",
    ),
    (json.dumps(copilot_record(totals_by_feature="x")), "totals_by_feature: not a list"),
    (json.dumps(copilot_record(totals_by_feature=[{}])), "totals_by_feature.feature: missing"),
    (
        json.dumps(copilot_record(totals_by_feature=[{"feature": "chat", "loc_added_sum": "8"}])),
        "totals_by_feature.loc_added_sum: not a whole number",
    ),
    (json.dumps(copilot_record())[:-1], "record: not valid JSON"),
    ("hello", "record: not valid JSON"),
    ("5", "record: not a JSON object"),
    ("null", "record: not a JSON object"),
    ('{"day": "2026-03-02", "user_login": "a", "day": "2026-03-03"}', "record: a key occurs twice"),
    ("{}", "day: missing"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG_COPILOT)
def test_one_bad_line_in_ten_thousand_costs_only_itself(landing: LandingHome, line: str, reason: str) -> None:
    good = json.dumps(copilot_record())
    lines = [good] * 6_000 + [line] + [good] * 3_999
    landing.put(f"{COPILOT}/x.ndjson", "\n".join(lines) + "\n")
    (delivery,) = landing.land().landed
    assert (delivery.record_count, delivery.rejected_count) == (10_000, 1)
    bad = [row for row in landing.rows(delivery, "record_line, reject_reason") if row["reject_reason"]]
    assert bad == [{"record_line": 6_001, "reject_reason": reason}]


def test_a_broken_page_among_pages_says_its_line_and_takes_the_coverage(landing: LandingHome) -> None:
    content = page(claude_record("a@x.org"), claude_record("b@x.org"), has_more=True) + '\n{"data": [{\n'
    landing.put(f"{CLAUDE}/x_2026-03-02.json", content + page(claude_record("c@x.org")) + "\n")
    (delivery,) = landing.land().landed
    assert landing.rows(delivery, "record_line, reject_reason") == [
        {"record_line": 1, "reject_reason": None},
        {"record_line": 2, "reject_reason": None},
        {"record_line": 3, "reject_reason": "line 2: not valid JSON"},
        {"record_line": 4, "reject_reason": None},
    ]
    assert delivery.covers_from is None


def test_a_page_whose_records_are_no_list_is_rejected_and_covers_nothing(landing: LandingHome) -> None:
    landing.put(f"{CLAUDE}/x_2026-03-02.json", '{"data": null, "has_more": false}')
    (delivery,) = landing.land().landed
    assert [row["reject_reason"] for row in landing.rows(delivery)] == ["record: not a JSON object"]
    assert delivery.covers_from is None


CHAT_TIMES = [
    (chat_record(), datetime(2026, 3, 2, 0, 0, 0, 250_000)),
    (chat_record(message={"id": "m", "author": {"role": "user"}}), datetime(2026, 3, 2)),
    (chat_record(message={"id": "m", "created_at": None, "author": {"role": "tool"}}), datetime(2026, 3, 2)),
    (
        chat_record(message={"id": "m", "created_at": 1772409599.999999, "author": {"role": "system"}}),
        datetime(2026, 3, 1, 23, 59, 59, 999_999),
    ),
]


@pytest.mark.parametrize(("record", "created_at"), CHAT_TIMES)
def test_a_message_counts_on_the_utc_date_it_was_written(
    landing: LandingHome, record: dict[str, Any], created_at: datetime
) -> None:
    (row,) = landing.landed_rows(
        f"{CHATGPT}/x.json", page(record), "activity_date, created_at, reject_reason"
    )
    assert row == {"activity_date": created_at.date(), "created_at": created_at, "reject_reason": None}


@pytest.mark.parametrize(
    ("changes", "kind", "actor", "reason"),
    [
        ({"user_email": "ANN@Example.com"}, "email", "ann@example.com", None),
        ({"user_email": None}, "vendor_id", "user-1", None),
        ({"user_email": ""}, "vendor_id", "user-1", None),
        ({"user_email": 5}, None, None, "user_email: not a text"),
        ({"user_email": None, "user_id": None}, None, None, "user_id: missing"),
        ({"id": None}, "email", "ann@example.com", "id: missing"),
        ({"message": None}, "email", "ann@example.com", "message.id: missing"),
        ({"message": "CANARY-PROMPT"}, "email", "ann@example.com", "message.id: missing"),
        (
            {"message": {"id": "m", "author": {"role": "CANARY PROMPT"}}},
            "email",
            "ann@example.com",
            "message.author.role: not a role name",
        ),
        (
            {"message": {"id": "m", "created_at": "2026-03-02", "author": {"role": "user"}}},
            "email",
            "ann@example.com",
            "message.created_at: not seconds since 1970",
        ),
        (
            {"message": {"id": "m", "created_at": 1772409600000, "author": {"role": "user"}}},
            "email",
            "ann@example.com",
            "message.created_at: not seconds since 1970",
        ),
        (
            {"created_at": 0, "message": {"id": "m", "author": {"role": "user"}}},
            "email",
            "ann@example.com",
            "message.created_at: before the earliest date of the settings",
        ),
    ],
)
def test_who_wrote_a_message(
    landing: LandingHome, changes: dict[str, Any], kind: str | None, actor: str | None, reason: str | None
) -> None:
    rows = landing.landed_rows(
        f"{CHATGPT}/x.json",
        page(chat_record("m0"), chat_record(**changes)),
        "actor_kind, actor_name, reject_reason",
    )
    assert rows[1] == {"actor_kind": kind, "actor_name": actor, "reject_reason": reason}


def test_no_content_leaves_the_inbox(landing: LandingHome) -> None:
    """Canaries in every content field of accepted and rejected records, and in broken lines."""
    canary = b"CANARY"
    bad_role = chat_record(
        "m3", message={"id": "m3", "author": {"role": "CANARY PROMPT"}, "content": "CANARY"}
    )
    records = [chat_record("m1"), chat_record("m2", user_email="CANARY"), bad_role]
    landing.put(f"{CHATGPT}/pages.json", page(*records))
    landing.put(f"{CHATGPT}/lines.json", ndjson(*records) + '{"title": "CANARY-TITLE\n')
    landing.put(f"{CHATGPT}/refused.json", "CANARY\nCANARY\n")
    landing.put(
        "hr/leave/leave.csv",
        "employee_id,leave_type,start_date,end_date,day_fraction\n7,CANARY,2026-03-02,,1\n",
    )
    report = landing.land()
    assert (len(report.landed), len(report.refused)) == (3, 1)
    assert "CANARY" not in repr(report)
    outside = [
        path
        for path in landing.home.root.rglob("*")
        if path.is_file() and landing.home.inbox not in path.parents
    ]
    assert outside
    for path in outside:
        assert canary not in path.read_bytes(), path
        if path.suffix == ".parquet":
            with duckdb.connect() as database:
                assert "CANARY" not in repr(database.execute(f"from read_parquet('{path}')").fetchall())


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("ANN_acme", "ann_acme"),
        ("  ann_acme\t", "ann_acme"),
        ("\u00a0ann_acme\u2003", "ann_acme"),
        (unicodedata.normalize("NFD", "jos\u00e9_acme"), "jos\u00e9_acme"),
        (unicodedata.normalize("NFD", "JOS\u00c9_acme"), "jos\u00e9_acme"),
        ("\u0430nn_acme", "\u0430nn_acme"),
        ("ann\u200b_acme", "ann_acme"),
        ("\u202eann_acme\u202c", "ann_acme"),
        (" \ufeff ann\u00ad_\u2060acme\u200f ", "ann_acme"),
        ("0049602", "0049602"),
    ],
)
def test_one_login_is_one_spelling_and_look_alikes_stay_apart(
    landing: LandingHome, login: str, expected: str
) -> None:
    escaped = json.dumps(copilot_record(login))
    plain = json.dumps(copilot_record(login), ensure_ascii=False)
    rows = landing.landed_rows(f"{COPILOT}/x.ndjson", f"{escaped}\n{plain}\n", "actor_name, reject_reason")
    assert rows == [{"actor_name": expected, "reject_reason": None}] * 2


def test_sql_in_a_value_is_a_value(landing: LandingHome) -> None:
    evil = "'); drop table line_buffer; --"
    (row,) = landing.landed_rows(f"{CLAUDE}/x.json", page(claude_record(terminal_type=evil)), "terminal_type")
    assert row["terminal_type"] == evil


def test_a_worker_is_landed_in_full(landing: LandingHome) -> None:
    line = worker_row(
        " 0007 ",
        work_email="Ann@Example.com",
        email_aliases="A.Lee@x.org;Lee@x.org",
        display_name='"Lee, ""Ann"""',
        github_login="Ann_ACME",
        fte_fraction="0.8",
        working_weekdays="1111000",
        terminated_date="2026-03-31",
    )
    (row,) = landing.landed_rows(
        "hr/workers/w_2026-03-02.csv", f"{WORKERS_HEADER}\r\n{line}".encode("utf-8-sig")
    )
    stated = {name: value for name, value in row.items() if value is not None and name != "delivery_id"}
    assert stated == {
        "record_line": 2,
        "activity_date": DAY,
        "employee_id": "0007",
        "work_email": "ann@example.com",
        "email_aliases": "a.lee@x.org;lee@x.org",
        "display_name": 'Lee, "Ann"',
        "github_login": "ann_acme",
        "country_code": "US",
        "fte_fraction": Decimal("0.800"),
        "working_weekdays": "1111000",
        "hired_date": date(2020, 2, 1),
        "terminated_date": date(2026, 3, 31),
    }


@pytest.mark.parametrize(
    ("fraction", "expected", "reason"),
    [
        (0.5, Decimal("0.500"), None),
        ("0.5", Decimal("0.500"), None),
        ("", None, None),
        (None, None, None),
        ("half", None, "fte_fraction: not a number"),
        (True, None, "fte_fraction: not a number"),
    ],
)
def test_workers_may_come_as_json_lines(
    landing: LandingHome, fraction: Any, expected: Decimal | None, reason: str | None
) -> None:
    record = {"employee_id": "007", "hired_date": "2020-02-01", "fte_fraction": fraction, "salary": 1}
    row, _ = landing.landed_rows(
        "hr/workers/w_2026-03-02.ndjson",
        ndjson(record, {"employee_id": "8", "hired_date": "2020-02-01"}),
        "reject_reason, employee_id, fte_fraction, record_line",
    )
    assert row == {
        "reject_reason": reason,
        "employee_id": "007",
        "fte_fraction": expected,
        "record_line": 1,
    }


def test_an_employee_id_must_be_a_text(landing: LandingHome) -> None:
    """As a number it has lost its leading zeros."""
    records = [{"employee_id": number, "hired_date": "2020-02-01"} for number in (7, "7")]
    rows = landing.landed_rows("hr/workers/w_2026-03-02.ndjson", ndjson(*records), "reject_reason")
    assert [row["reject_reason"] for row in rows] == ["employee_id: not a text", None]


WRONG_WORKERS = [
    (worker_row(""), "employee_id: missing"),
    (worker_row(hired_date="Bad Date"), "hired_date: not a date (YYYY-MM-DD)"),
    (worker_row(hired_date="0000-00-00"), "hired_date: not a date (YYYY-MM-DD)"),
    (worker_row(hired_date=""), "hired_date: missing"),
    (worker_row(terminated_date="2026-02-30"), "terminated_date: not a date (YYYY-MM-DD)"),
    (worker_row(fte_fraction="half"), "fte_fraction: not a number"),
    (worker_row(fte_fraction="-1"), "fte_fraction: negative"),
    (worker_row(fte_fraction="80"), "fte_fraction: above 2"),
    (worker_row(working_weekdays="111110"), "working_weekdays: not seven digits 0 or 1, Monday first"),
    (worker_row(country_code="usa"), "country_code: not two capital letters"),
    (worker_row(display_name="Lee, Ann"), "row: not the columns of the header"),
    (worker_row(display_name='"Lee'), "row: not the columns of the header"),
    (worker_row(display_name='L"ee'), "row: not the columns of the header"),
    ("007\n", "row: not the columns of the header"),
]


def test_each_broken_row_of_a_csv_is_rejected_between_its_neighbours(landing: LandingHome) -> None:
    content = WORKERS_HEADER + "\n" + "".join(worker_row("1") + line for line, _ in WRONG_WORKERS)
    rows = landing.landed_rows(
        "hr/workers/w_2026-03-02.csv", content, "record_line, activity_date, reject_reason"
    )
    assert [row["record_line"] for row in rows] == list(range(2, 2 + 2 * len(WRONG_WORKERS)))
    assert {row["activity_date"] for row in rows} == {DAY}
    assert {row["reject_reason"] for row in rows[::2]} == {None}
    assert [row["reject_reason"] for row in rows[1::2]] == [reason for _, reason in WRONG_WORKERS]


def test_a_csv_cut_in_its_last_row_is_refused(landing: LandingHome) -> None:
    content = f"{WORKERS_HEADER}\n{worker_row('1')}{worker_row('2')}"
    assert "ends in the middle" in landing.refusal("hr/workers/w_2026-03-02.csv", content[:-40])


@pytest.mark.parametrize(
    ("name", "day", "reason"),
    [
        ("workers_2026-03-02.csv", DAY, None),
        ("workers_2026-03-02_20260303T010000Z.csv", DAY, None),
        ("workers.csv", None, "no snapshot date"),
        ("workers_2026-03-01_2026-03-02.csv", None, "no snapshot date"),
        ("workers_1970-01-01.csv", None, "snapshot date: before the earliest date of the settings"),
        ("workers_2026-04-02.csv", None, "snapshot date: more than a day in the future"),
    ],
)
def test_a_workforce_without_a_believable_date_is_rejected_row_by_row(
    landing: LandingHome, name: str, day: date | None, reason: str | None
) -> None:
    rows = landing.landed_rows(
        f"hr/workers/{name}", f"{WORKERS_HEADER}\n{worker_row()}", "activity_date, reject_reason, employee_id"
    )
    assert rows == [{"activity_date": day, "reject_reason": reason, "employee_id": "007"}]


STATEMENTS: list[tuple[str, str, str, list[tuple[Any, ...]]]] = [
    (
        "hr/leave/leave.csv",
        "employee_id,start_date,leave_type,end_date,day_fraction\n7,2026-03-02,sick,2026-03-03,0.5\n,2026-03-02,,,\n",
        "record_line, activity_date, reject_reason, employee_id, start_date, end_date, day_fraction",
        [
            (2, None, None, "7", DAY, date(2026, 3, 3), Decimal("0.500")),
            (3, None, "employee_id: missing", None, DAY, None, None),
        ],
    ),
    (
        "hr/org_units/org_units_2026-03-02.csv",
        "org_unit_id,org_unit_name,parent_org_unit_id\nA,All,\n",
        "record_line, activity_date, reject_reason, org_unit_id, org_unit_name, parent_org_unit_id",
        [(2, DAY, None, "A", "All", None)],
    ),
    (
        "access/entitlements/e_2026-03-02.csv",
        "employee_id,tool_id,status,from_date,to_date\n7,chatgpt,granted,2026-03-02,\n7,chatgpt,yes,2026-03-02,\n",
        "record_line, activity_date, reject_reason, employee_id, tool_id, status, from_date, to_date",
        [
            (2, DAY, None, "7", "chatgpt", "granted", DAY, None),
            (
                3,
                DAY,
                "status: not granted, pending, denied, restricted or revoked",
                "7",
                "chatgpt",
                None,
                DAY,
                None,
            ),
        ],
    ),
    (
        "identity/service_accounts/s.csv",
        "source,account_name,kind,owner_employee_id,from_date,to_date\ngithub_copilot,Bot,automation,,2026-03-02,\n",
        "account_source, account_name, account_kind, owner_employee_id, from_date, to_date",
        [("github_copilot", "Bot", "automation", None, DAY, None)],
    ),
    (
        "governance/agreements/a.csv",
        "country_code,legal_entity_code,agreement_id,from_date,to_date\nUS,,A,2026-03-02,\n,L1,A,2026-03-02,\n,,A,2026-03-02,\n",
        "reject_reason, country_code, legal_entity_code, agreement_id, from_date, to_date",
        [
            (None, "US", None, "A", DAY, None),
            (None, None, "L1", "A", DAY, None),
            ("country_code or legal_entity_code: missing", None, None, "A", DAY, None),
        ],
    ),
    (
        "tiers/cutoffs/c.csv",
        f"{CUTOFF_COLUMNS}\n"
        "p,2,2026-03-02,all,company,all,75,12.5,40\n"
        "p,2,2026-03-02,all,line_of_business,Retail,75,0.1234567,10\n"
        ",2,2026-03-02,all,company,all,75,1,40\n"
        "p,two,2026-03-02,all,company,all,75,1,40\n"
        "p,2,soon,all,company,all,75,1,40\n"
        "p,2,2026-03-02,,company,all,75,1,40\n"
        "p,2,2026-03-02,all,team,all,75,1,40\n"
        "p,2,2026-03-02,all,company,,75,1,40\n"
        "p,2,2026-03-02,all,company,all,101,1,40\n"
        "p,2,2026-03-02,all,company,all,75,-1,40\n"
        "p,2,2026-03-02,all,company,all,75,,40\n"
        "p,2,2026-03-02,all,company,all,75,1,-4\n"
        "p,2,2026-03-02,all,company,all,75,1,40,9\n"
        "p,2,2026-03-02,all,company,all,50,3,40\n",
        "record_line, reject_reason, weekly_mean, person_count",
        [
            (2, None, Decimal("12.500000"), 40),
            (3, None, Decimal("0.123457"), 10),
            *(
                (line, reason, None, None)
                for line, reason in enumerate(
                    (
                        "policy_id: missing",
                        "policy_version: not a whole number",
                        "effective_from: not a date (YYYY-MM-DD)",
                        "scope_code: missing",
                        "group_level: not company or line_of_business",
                        "group_code: missing",
                        "percentile: above 100",
                        "weekly_mean: negative",
                        "weekly_mean: missing",
                        "person_count: negative",
                        "row: not the columns of the header",
                    ),
                    start=4,
                )
            ),
            (15, None, Decimal("3.000000"), 40),
        ],
    ),
    (
        "tiers/cutoffs/c_2026-03-02.ndjson",
        '{"policy_id": "p", "policy_version": 1, "effective_from": "2026-03-02", "scope_code": "all", '
        '"group_level": "company", "group_code": "all", "percentile": 50, "weekly_mean": "7.25", '
        '"person_count": 4}\n',
        "activity_date, reject_reason, policy_id, policy_version, effective_from, scope_code, group_level, "
        "group_code, percentile, weekly_mean, person_count",
        [(DAY, None, "p", 1, DAY, "all", "company", "all", 50, Decimal("7.250000"), 4)],
    ),
]


@pytest.mark.parametrize(("name", "content", "columns", "expected"), STATEMENTS)
def test_statements_of_the_company_are_landed(
    landing: LandingHome, name: str, content: str, columns: str, expected: list[tuple[Any, ...]]
) -> None:
    assert [tuple(row.values()) for row in landing.landed_rows(name, content, columns)] == expected
