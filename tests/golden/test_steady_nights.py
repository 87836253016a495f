"""A night looks at the days it touches: what lies further back is taken as the nights before left it.

History is altered, or taken away, behind the warehouse's back; what comes out shows what was looked at.
"""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from tests import warehouse
from tests.feeds.case import ANNA, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from tests.feeds.company import publish_company
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

SATURDAY, SUNDAY = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)
REASON = "a company of three people is no measure of shares"
LISTS = ("chatgpt/users", "github/saml_identities", "scim/users")
STATEMENTS = ("access/entitlements", "hr/rota", "hr/workers")
LONG_AGO = date(2026, 1, 5)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company of all tools after its one night, which is not to be changed."""
    return shared_home(tmp_path_factory, "every_tool", publish_company)


@pytest.fixture
def candidate(published: Path, tmp_path: Path) -> Home:
    """A copy of the end of that night: what dbt left, and the published files as a candidate."""
    home = Home(tmp_path)
    warehouse.copy_as_candidate(published, home)
    return home


def test_an_old_comparison_doubled_is_left_to_the_audit(candidate: Home) -> None:
    with duckdb.connect(str(candidate.candidate / "adoption.duckdb")) as connection:
        connection.execute(
            "insert into ops.cross_check select 'claude_code', day, day, 'claude_code', 'usage_report', "
            "'otel', 'claude_code', 'prompt_count', 1, 1, 1, 0, 0 from (select ?::date as day), range(2)",
            [LONG_AGO],
        )
    test = ("test", "--select", "cross_check")
    nightly = warehouse.dbt(candidate, *test)
    assert nightly.returncode == 0, nightly.stdout
    audit = warehouse.dbt(candidate, *test, "--vars", "{audit_full: true}")
    assert audit.returncode == 1
    assert "FAIL 1 unique_grain_cross_check" in audit.stdout


def test_days_of_concealed_names_are_known_from_the_night_before(candidate: Home) -> None:
    """Of Monday, Wednesday and Thursday there are snapshots; Monday's, which this run no longer touches,
    conceals a name.
    """
    with duckdb.connect(str(candidate.candidate / "adoption.duckdb")) as connection:
        connection.execute("delete from ops.unresolved_actor where activity_date = ?", [MONDAY])
    with duckdb.connect(str(candidate.scratch)) as connection:
        for table in ("int_touched_date", "int_unresolved_actor"):
            connection.execute(f"delete from {table} where activity_date = ?", [MONDAY])
    built = warehouse.dbt(candidate, "run", "--select", "concealed_day", "feed_coverage")
    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(candidate.candidate / "adoption.duckdb"), read_only=True) as connection:
        covered = connection.execute(
            "select distinct activity_date from ops.feed_coverage where source = 'm365_copilot' order by all"
        ).fetchall()
    assert covered == [(WEDNESDAY,), (THURSDAY,)]


def _deliver_lists(home: Path, day: date) -> None:
    """A snapshot of each list, in which Anna alone is named."""
    lines = (
        {"data": [{"id": "user-1", "email": ANNA.work_email}], "has_more": False},
        {"samlIdentity": {"nameId": ANNA.work_email}, "user": {"login": "octo"}},
        {"Resources": [{"id": "1", "userName": ANNA.work_email, "emails": [{"value": "anna@mail.example"}]}]},
    )
    for folder, line in zip(LISTS, lines, strict=True):
        path = home / "inbox" / folder / f"{day}.ndjson"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(line) + "\n")


def test_lists_and_statements_are_read_once(published: Path, tmp_path: Path) -> None:
    """What is landed of lists, workforce, access and rotas is gone before those of Sunday come."""
    home = tmp_path / "home"
    shutil.copytree(published, home, symlinks=True)
    for day in (MONDAY, TUESDAY):
        _deliver_lists(home, day)
    warehouse.publish(home, SATURDAY, REASON)
    before = _counted(home, (*LISTS, *STATEMENTS))
    for folder in (*LISTS, *STATEMENTS):
        landed = list((home / "landing" / folder).rglob("*.parquet"))
        assert landed
        for path in landed:
            path.unlink()
    _deliver_lists(home, SUNDAY)
    (workers,) = (home / "inbox" / "hr" / "workers").iterdir()
    workers.with_name(f"workers_{SUNDAY}.csv").write_bytes(workers.read_bytes())
    warehouse.publish(home, SUNDAY, REASON)
    with duckdb.connect(str(Home(home).known_statements), read_only=True) as connection:
        spans = connection.execute(
            "select distinct feed, from_date, to_date from int_name_statement_span union all "
            "select distinct feed, from_date, to_date from int_worker_statement_span order by all"
        ).fetchall()
    assert spans == [(feed, MONDAY, SUNDAY) for feed in sorted((*LISTS, "hr/workers"))]
    new = [(feed, SUNDAY, 1, 1, 0) for feed in LISTS] + [("hr/workers", SUNDAY, 3, 3, 0)]
    assert _counted(home, (*LISTS, *STATEMENTS)) == sorted(before + new)
    assert {row[0] for row in before} == {*LISTS, *STATEMENTS}


def _counted(home: Path, feeds: tuple[str, ...]) -> list[Any]:
    """What is reconciled of the feeds in the generation in force; the earliest date stands for none."""
    with duckdb.connect(str(warehouse.current(home) / "adoption.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select concat(source, '/', feed) as name, coalesce(activity_date, ?), record_count, "
            "accepted_count, duplicate_count from ops.reconciliation where list_contains(?, name) "
            "order by all",
            [date.min, list(feeds)],
        ).fetchall()
