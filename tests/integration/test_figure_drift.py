"""A vendor calls its surfaces by other names: what is held and said, and what is usual once released."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from orchestration.sources import FEEDS
from tests.integration import company
from tests.integration.company import adoption, put, query, succeed, what_readers_see

pytestmark = pytest.mark.slow

FIRST, LAST_QUIET = date(2026, 2, 3), date(2026, 3, 10)  # five weeks, to a Tuesday
RELABELLED, NEXT = LAST_QUIET + timedelta(days=1), LAST_QUIET + timedelta(days=2)
REASON = "the vendor renamed its clients"
# Of a hundred rows: 70 in one client and 20 in another; once 78 % of the first are called like the second,
# 15 and 75: the one 78 % down, the other 270 % up, and all together as many as before.
CLIENTS = ("vscode",) * 70 + ("iTerm.app",) * 20 + ("tmux",) * 10


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of 60 people who use one tool, after its first night over five weeks."""
    home = tmp_path_factory.mktemp("relabelled") / "home"
    agreement = {"country_code": "US", "agreement_id": "A-1", "from_date": "2024-01-01"}
    put(home, "governance/agreements/agreements.csv", _csv("governance/agreements", [agreement]))
    put(home, f"hr/workers/workers_{FIRST}.csv", _csv("hr/workers", _workers()))
    for number in range((LAST_QUIET - FIRST).days + 1):
        _deliver(home, FIRST + timedelta(days=number), is_relabelled=False)
    succeed(home, "nightly", "--date", LAST_QUIET.isoformat())
    assert query(home, "select count(*) from ops.usage_figure where not is_off") > [(0,)]
    return home


def test_other_names_are_held_until_a_person_releases_them_and_are_then_usual(home: Path) -> None:
    before = what_readers_see(home)
    _deliver(home, RELABELLED, is_relabelled=True)
    night = adoption(home, "nightly", "--date", RELABELLED.isoformat())
    assert night.returncode == 3
    said = company.complaint(night)
    assert "drift.figures_follow_their_usual" in said
    for client, now, usual in (("vscode", 15, 70), ("iTerm.app", 75, 20)):
        (stated,) = [part for part in said.split("; ") if f"{client} of claude_code on {RELABELLED}" in part]
        figures = [float(word.rstrip("%")) for word in stated.split() if word.endswith("%")]
        assert figures == [pytest.approx(now, abs=6), pytest.approx(usual, abs=6)]
    assert "actions per active person" not in said
    assert what_readers_see(home) == before

    # nothing was published, so the next night compares with the same weeks and is held for both days
    succeed(home, "release", "--reason", REASON)
    assert _off(home) == {(RELABELLED, "iTerm.app"), (RELABELLED, "vscode")}

    _deliver(home, NEXT, is_relabelled=True)
    succeed(home, "nightly", "--date", NEXT.isoformat())
    assert _off(home) == {(RELABELLED, "iTerm.app"), (RELABELLED, "vscode")}
    assert query(home, "select generation_number, as_of_date, held_checks, reason from ops.release") == [
        (2, RELABELLED, "figures_follow_their_usual", REASON)
    ]


def _off(home: Path) -> set[tuple[object, ...]]:
    """Published figures of the whole company that are off."""
    return set(
        query(
            home,
            "select activity_date, member_name from ops.usage_figure where is_off and scope_kind = 'company'",
        )
    )


def _csv(feed: str, rows: Iterable[dict[str, str]]) -> str:
    """A file of a feed with all its columns; what is not named is empty."""
    blank = dict.fromkeys(FEEDS[feed].csv_columns, "")
    return company.workers_csv(blank | row for row in rows)


def _workers() -> Iterator[dict[str, str]]:
    for number in range(60):
        yield {
            "employee_id": f"{number:07}",
            "work_email": _address(number),
            "display_name": f"Somebody {number}",
            "line_of_business": "Markets" if number % 2 else "Payments",
            "country_code": "US",
            "fte_fraction": "1",
            "working_weekdays": "1111100",
            "hired_date": "2020-01-06",
            "employment_status": "active",
        }


def _address(number: int) -> str:
    return f"person-{number}@bank.example"


def _deliver(home: Path, day: date, *, is_relabelled: bool) -> None:
    """One day of Claude Code: on working days nine of ten people, each in one client for the most part."""
    rng = Random(day.isoformat())
    rows = [
        row
        for number in range(60)
        if rng.random() < (0.9 if day.weekday() < 5 else 0.05)
        for row in _rows(number, day, rng, is_relabelled=is_relabelled)
    ]
    page = {"data": rows, "has_more": False, "next_page": None}
    put(
        home,
        f"claude_code/usage_report/{day}_{day + timedelta(days=1):%Y%m%d}T050000Z.json",
        json.dumps(page),
    )


def _rows(number: int, day: date, rng: Random, *, is_relabelled: bool) -> Iterator[dict[str, object]]:
    sessions: dict[str, int] = {}
    for _ in range(10):
        client = CLIENTS[number * 5 % 100] if rng.random() < 0.5 else rng.choice(CLIENTS)
        if is_relabelled and client == "vscode" and rng.random() < 0.78:
            client = "iTerm.app"
        sessions[client] = sessions.get(client, 0) + 1
    for client, session_count in sessions.items():
        yield {
            "date": f"{day}T00:00:00Z",
            "actor": {"type": "user_actor", "email_address": _address(number)},
            "organization_id": "org-1",
            "customer_type": "api",
            "terminal_type": client,
            "core_metrics": {
                "num_sessions": session_count,
                "lines_of_code": {"added": 10, "removed": 0},
                "commits_by_claude_code": 0,
                "pull_requests_by_claude_code": 0,
            },
            "model_breakdown": [],
        }
