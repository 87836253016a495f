"""A feed that comes once a week is on time until its own week has passed, and no night is held for it.

Snapshots of four Mondays are expected and the fourth does not come; the weekly report of ChatGPT comes once.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests import warehouse

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 29)
MONDAYS = (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16))
FEED = "m365_copilot/usage_user_detail"
# The eve of each Monday, and the last nights of waiting for the fourth: it is due on the 23rd, and the gate
# allows a feed five days.
NIGHTS = [date(2026, 3, day) for day in (2, 8, 15, 22, 27, 28)]
FIRST_LATE_NIGHT = date(2026, 3, 28)


def _put(home: Path, path: str, text: str) -> None:
    file = home / "inbox" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _addresses(home: Path) -> list[str]:
    """E-mails of the newest workforce file."""
    newest = max((home / "inbox/hr/workers").iterdir(), key=lambda path: path.name)
    with gzip.open(newest, "rt", encoding="utf-8", newline="") as lines:
        return [row["work_email"] for row in csv.DictReader(lines) if row["employment_status"] == "active"]


def _write_weekly_files(home: Path) -> None:
    addresses = _addresses(home)
    for monday in MONDAYS:
        licences = [
            {
                "reportRefreshDate": monday.isoformat(),
                "userPrincipalName": address,
                "lastActivityDate": monday.isoformat(),
                "wordCopilotLastActivityDate": monday.isoformat(),
            }
            for address in addresses
        ]
        stamp = (monday + timedelta(days=1)).strftime("%Y%m%dT050000Z")
        _put(home, f"{FEED}/{monday}_{stamp}.json", json.dumps({"value": licences}))
    _put(
        home,
        "chatgpt/user_analytics/weekly user report 2026-03-01_20260308T010000Z.csv",
        "cadence,period_start,period_end,account_id,public_id,email,is_active,messages\n"
        + "".join(
            f"Weekly,2026-03-01,2026-03-07,ws1,user-{number},{address},1,5\n"
            for number, address in enumerate(addresses)
        ),
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of its nights published, none released."""
    home = tmp_path_factory.mktemp("rhythm") / "home"
    warehouse.sample(home, employees=30, first=FIRST, last=LAST, seed=5)
    _write_weekly_files(home)
    for night in NIGHTS:
        warehouse.succeed(home, "nightly", "--date", night.isoformat())
    return home


@pytest.fixture(scope="module")
def connection(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    path = warehouse.current(home) / "adoption.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_only_a_week_that_did_not_come_is_reported(connection: duckdb.DuckDBPyConnection) -> None:
    judged = connection.execute(
        "select generation.as_of_date, result.outcome, result.message from ops.gate_result as result "
        "join ops.generation as generation using (generation_number) "
        "where result.check_name = 'feeds_are_fresh' order by 1"
    ).fetchall()
    assert [night for night, _, _ in judged] == NIGHTS
    assert {night for night, outcome, _ in judged if outcome != "passed"} == {FIRST_LATE_NIGHT}
    assert f"{FEED} is 12 days behind the as-of date 2026-03-28; 11 are allowed" in judged[-1][2]


def test_days_between_snapshots_stay_unobserved(connection: duckdb.DuckDBPyConnection) -> None:
    covered = connection.execute(
        "select distinct activity_date from ops.feed_coverage where source || '/' || feed = ? order by all",
        [FEED],
    ).fetchall()
    assert covered == [(monday,) for monday in MONDAYS]


def test_status_calls_it_behind_once_it_is(home: Path) -> None:
    shown = warehouse.adoption(home, "status", "--json")
    status = json.loads(shown.stdout)
    # The missing week, and no day between two snapshots.
    assert shown.returncode == 5
    missing = [(gap["since"], gap["until"]) for gap in status["missing"] if gap["feed"] == FEED]
    assert missing == [("2026-03-17", "2026-03-28")]
    freshness = {feed["feed"]: feed for feed in status["freshness"]}
    assert "chatgpt/user_analytics" not in freshness
    weekly, daily = freshness[FEED], freshness["claude_code/usage_report"]
    assert [weekly[name] for name in ("behind_day_count", "delivered_every_days", "overdue_day_count")] == [
        12,
        7,
        6,
    ]
    assert [daily[name] for name in ("behind_day_count", "delivered_every_days", "overdue_day_count")] == [
        0,
        1,
        0,
    ]
