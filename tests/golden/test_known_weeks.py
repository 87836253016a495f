"""Weeks known from the night before are those that a run from nothing works out, whatever came in between.

Late, corrected and withdrawn deliveries, a rollback and people who change come between the nights; what
tiers follow from the weeks is compared in test_order_of_runs.py and test_restatement.py as well.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests import warehouse
from tests.integration import company

FIRST, LAST = date(2026, 1, 12), date(2026, 3, 25)
WEDNESDAY = date(2026, 3, 18)
REASON = "so few people vary more than the gate expects"
pytestmark = pytest.mark.slow

ScopeWeek = tuple[str, int, date]
Weeks = dict[ScopeWeek, list[tuple[object, ...]]]


def known_weeks(home: Path) -> Weeks:
    """What is known of each table, scope (0 for none) and week, by pseudonym instead of number."""
    found: Weeks = defaultdict(list)
    with duckdb.connect(str(warehouse.current(home) / "adoption.duckdb"), read_only=True) as connection:
        for table, scope in (("person_week", "0"), ("person_week_use", "scope_number")):
            rows = connection.execute(
                f"select {scope}, known.week_start_date, numbers.employee_key, "
                f"known.* exclude (person_number, week_start_date) from ops.{table} as known "
                "left join ops.person_number as numbers using (person_number)"
            ).fetchall()
            for number, week, *row in rows:
                assert row[0] is not None, "a week of somebody without a number"
                found[table, number, week].append(tuple(row))
    return {key: sorted(rows, key=repr) for key, rows in found.items()}


def taken_over(home: Path) -> set[tuple[int, date]]:
    """The scopes and weeks that the last run did not work out for everybody."""
    with duckdb.connect(str(home / "work" / "scratch.duckdb"), read_only=True) as scratch:
        rows = scratch.execute("select scope_number, week_start_date from main.int_kept_week").fetchall()
    return {(scope, week) for scope, week in rows}


def put_aside(home: Path, feed: str, number: int) -> Path:
    """Keep one file of a feed from arriving; where it lies now."""
    files = sorted(path for path in (home / "inbox" / feed).iterdir() if path.is_file())
    kept = home.parent / "aside" / files[number].relative_to(home)
    kept.parent.mkdir(parents=True, exist_ok=True)
    files[number].rename(kept)
    return kept


def deliver(home: Path, kept: Path) -> None:
    shutil.move(kept, home / kept.relative_to(home.parent / "aside"))


def end_an_agreement(home: Path, last_day: date) -> None:
    """A country's agreement ends within weeks that are known."""
    stated = next((home / "inbox/governance/agreements").iterdir()).read_text().splitlines()
    country = stated[-1].split(",")
    country[-1] = last_day.isoformat()
    (home / "inbox/governance/agreements/agreements_2026-03-18_20260319T020000Z.csv").write_text(
        "\n".join([*stated[:-1], ",".join(country)]) + "\n"
    )


def night(home: Path, day: date) -> set[tuple[int, date]]:
    """Run one night; what it took over. Of a night that the gate held nothing can be seen any more."""
    warehouse.publish(home, day, REASON)
    return taken_over(home) if (home / "work" / "scratch.duckdb").exists() else set()


def put_late_files_aside(home: Path) -> dict[str, Path]:
    return {
        feed: put_aside(home, feed, number)
        for feed, number in (
            ("claude_code/usage_report", 40),
            ("github_copilot/users_1_day", 45),
            ("hr/leave", -1),
            ("hr/workers", -25),
            ("access/entitlements", -1),
            ("identity/service_accounts", -1),
        )
    }


def live_through(home: Path, late: dict[str, Path]) -> list[set[tuple[int, date]]]:
    """The nights after the first, in which something changed of every kind; what each took over."""
    took_over = []
    for feed in ("hr/leave", "hr/workers", "claude_code/usage_report"):
        deliver(home, late[feed])
    took_over.append(night(home, WEDNESDAY))
    deliver(home, late["access/entitlements"])
    took_over.append(night(home, WEDNESDAY + timedelta(days=1)))
    warehouse.succeed(home, "rollback")
    for feed in ("identity/service_accounts", "github_copilot/users_1_day"):
        deliver(home, late[feed])
    end_an_agreement(home, WEDNESDAY - timedelta(days=16))
    took_over.append(night(home, WEDNESDAY + timedelta(days=2)))
    withdrawn = sorted((home / "inbox/chatgpt/conversation_messages").iterdir())[30]
    delivery = company.delivery_of(home, str(withdrawn.relative_to(home / "inbox")))
    warehouse.succeed(home, "withdraw", delivery, "--reason", "wrong workspace")
    took_over.append(night(home, LAST))
    return took_over


@pytest.fixture(scope="module")
def after_a_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("known_weeks") / "home"
    warehouse.sample(home, employees=90, first=FIRST, last=LAST, seed=17)
    late = put_late_files_aside(home)
    warehouse.publish(home, WEDNESDAY - timedelta(days=2), REASON)
    took_over = live_through(home, late)
    # a history of which nothing holds on would show nothing
    assert len([weeks for weeks in took_over if weeks]) > 1, took_over
    return home


def test_known_weeks_are_those_worked_out_from_nothing(after_a_history: Path, tmp_path: Path) -> None:
    """From nothing and not by a backfill, which would ask the same tables what is known."""
    home = tmp_path / "from_nothing"
    shutil.copytree(after_a_history, home, symlinks=True)
    shutil.rmtree(home / "published")
    warehouse.publish(home, LAST, REASON)
    known, worked_out = known_weeks(after_a_history), known_weeks(home)
    different = {key for key in known.keys() & worked_out.keys() if known[key] != worked_out[key]}
    assert not different, sorted(different)
    # weeks go when something of theirs changed; a run from nothing keeps the more recent ones of all scopes
    assert known.keys() <= worked_out.keys()
    newest = LAST - timedelta(days=LAST.weekday() + 7)
    for week in (newest - timedelta(days=7 * back) for back in range(4)):
        assert {key for key in known if key[2] == week} == {key for key in worked_out if key[2] == week}
    assert warehouse.table_hashes(warehouse.current(after_a_history)) == warehouse.table_hashes(
        warehouse.current(home)
    )
