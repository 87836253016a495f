"""A night with deliveries in another format: it publishes, and whoever is concerned is unknown."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import warehouse
from tests.integration import company
from tests.integration.company import DAY, TOMORROW_STAMP, adoption, put, query, status, succeed
from tests.oracle.inbox import claude_records, copilot_records, deliveries

pytestmark = pytest.mark.slow

CLAUDE, COPILOT, UNITS = "claude_code/usage_report", "github_copilot/users_1_day", "hr/org_units"
NEXT = DAY + timedelta(days=1)
CLAUDE_FILE = f"{CLAUDE}/{NEXT}_{TOMORROW_STAMP}.json"
SECOND_FILE = CLAUDE_FILE.replace(".json", "_part2.json")
EMPTY_PAGE = '{"data": [], "has_more": false}'
UNITS_FILE = f"{UNITS}/org_units_{NEXT}_{TOMORROW_STAMP}.csv"
BREAKS = """select count(*) from ops.reconciliation where record_count
    <> accepted_count + duplicate_count + rejected_count + unresolved_count + non_human_count"""
CANARY = "canary-0049602"


def _claude_rows(home: Path) -> list[dict[str, object]]:
    """The rows of the last date of Claude Code, as if of the next."""
    last = deliveries(home / "inbox" / CLAUDE)[-1]
    return [row | {"date": f"{NEXT}T00:00:00Z"} for _, _, row in claude_records(last)]


def _renamed(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The rows in a format nobody declared."""
    return [{("user" if key == "actor" else key): value for key, value in row.items()} for row in rows]


def _put_copilot(home: Path) -> None:
    """A sound Copilot file of the next date, each row with a key nobody declared and a map of people."""
    rows = [row for _, day, row in copilot_records(deliveries(home / "inbox" / COPILOT)[-1]) if day <= DAY]
    new = {"day": NEXT.isoformat(), "fresh_count": 1, f"{CANARY}@example.com": 2}
    put(home, f"{COPILOT}/users-1-day_{NEXT}_{TOMORROW_STAMP}.ndjson", _lines(row | new for row in rows))


def _lines(rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)  # type: ignore[attr-defined]


def _states(home: Path) -> set[tuple[str, bool]]:
    """(engagement status, has Claude Code) of the people employed on the next date."""
    return {
        (str(found), bool(has))
        for found, has in query(
            home,
            f"""select distinct e.engagement_status, t.employee_key is not null
            from marts.fct_employee_engagement_daily as e
            left join marts.dim_employee_tool as t
                on t.employee_key = e.employee_key and t.tool_id = 'claude_code'
                and t.first_granted_date <= date '{NEXT}'
            where e.activity_date = date '{NEXT}'""",
        )
    }


def test_a_night_with_frozen_deliveries_publishes_and_a_corrected_file_thaws_them(home: Path) -> None:
    rows = _claude_rows(home)
    assert rows
    put(home, CLAUDE_FILE, _lines(_renamed(rows)))
    # a second file of the same day, sound but for itself not the whole day
    put(home, SECOND_FILE, EMPTY_PAGE)
    put(home, UNITS_FILE, f"org_unit_id,org_unit_name\n{CANARY},Treasury\n")
    _put_copilot(home)
    night = adoption(home, "nightly", "--date", NEXT.isoformat())
    assert night.returncode == 0, night.stderr
    assert CANARY not in night.stdout + night.stderr
    said = " ".join(night.stdout.split())
    assert f"Frozen {CLAUDE_FILE}: frozen, {len(rows)} records not read: actor.type: missing" in said
    assert f"{UNITS_FILE}: frozen, 1 records not read: parent_org_unit_id: missing from the header" in said

    assert company.manifest(home)["as_of_date"] == NEXT.isoformat()
    assert query(home, BREAKS) == [(0,)]
    assert query(
        home,
        "select file_path, frozen_reason, record_count, covers_from from ops.load_file "
        "where delivery_status = 'frozen' order by 1",
    ) == [
        (CLAUDE_FILE, "actor.type: missing", len(rows), None),
        (UNITS_FILE, "parent_org_unit_id: missing from the header", 1, None),
    ]
    covered = query(
        home, f"select source from ops.feed_coverage where activity_date = date '{NEXT}' and source <> 'hr'"
    )
    assert covered == [("github_copilot",)]
    assert query(
        home,
        f"select count(*) from marts.fct_employee_tool_daily where tool_id = 'claude_code' and "
        f"activity_date = date '{NEXT}'",
    ) == [(0,)]
    assert ("inactive", True) not in _states(home)
    assert ("unknown", True) in _states(home)
    assert query(
        home,
        "select drift_kind, key_path, delivery_count from ops.schema_drift where record_count > 0 and "
        "(source, feed) in (('github_copilot', 'users_1_day'), ('hr', 'org_units')) "
        "and key_path in ('fresh_count', 'other', 'parent_org_unit_id') order by 1, 2",
    ) == [
        ("missing_key", "parent_org_unit_id", 1),
        ("new_key", "fresh_count", 1),
        ("new_key", "other", 1),
    ]
    assert [(one["file_path"], one["reason"]) for one in status(home)["frozen"]] == [
        (CLAUDE_FILE, "actor.type: missing"),
        (UNITS_FILE, "parent_org_unit_id: missing from the header"),
    ]
    assert f"Frozen      {CLAUDE_FILE}" in company.shown_status(home)

    put(home, CLAUDE_FILE, _lines(rows))
    (home / "inbox" / UNITS_FILE).unlink()
    again = succeed(home, "nightly", "--date", NEXT.isoformat())
    assert "Frozen" not in again
    assert status(home)["frozen"] == []
    assert query(home, "select count(*) from ops.load_file where delivery_status = 'frozen'") == [(0,)]
    assert query(home, BREAKS) == [(0,)]
    assert (date(NEXT.year, NEXT.month, NEXT.day),) in query(
        home, "select activity_date from ops.feed_coverage where source = 'claude_code'"
    )


def test_a_frozen_file_that_is_taken_away_leaves_no_trace_on_its_days(home: Path, tmp_path: Path) -> None:
    never_there = Path(shutil.copytree(home, tmp_path / "never_there", symlinks=True))
    put(home, CLAUDE_FILE, _lines(_renamed(_claude_rows(home))))
    for one in (home, never_there):
        put(one, SECOND_FILE, EMPTY_PAGE)
        succeed(one, "nightly", "--date", NEXT.isoformat())
    covered = f"select 1 from ops.feed_coverage where source = 'claude_code' and activity_date = '{NEXT}'"
    assert query(home, covered) == []
    engagement = "adoption.fct_employee_engagement_daily"
    frozen = warehouse.table_hashes(company.published(home))
    (home / "inbox" / CLAUDE_FILE).unlink()
    said = succeed(home, "nightly", "--date", NEXT.isoformat())
    assert "(1 no longer frozen)" in " ".join(said.split())
    assert query(home, covered) == [(1,)]
    expected = warehouse.table_hashes(company.published(never_there))
    assert frozen[engagement] != expected[engagement]
    assert warehouse.table_hashes(company.published(home)) == expected
    assert "Nothing to do" in succeed(home, "nightly", "--date", NEXT.isoformat())
