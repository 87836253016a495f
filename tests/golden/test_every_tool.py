"""Every feed of usage, from files in the vendors' formats to facts: one company, one night, figures by hand.

What stands in the files and what must be published belongs to tests/feeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests import published, warehouse
from tests.feeds import CASES, rota
from tests.feeds.case import CANARY, THURSDAY, WEDNESDAY, Case, Reconciled
from tests.feeds.company import publish_company
from tests.oracle.expected import MEASURES
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

PARTS = ("accepted", "duplicate", "rejected", "unresolved", "non_human")
# The last three days are provisional.
FIRST_PROVISIONAL = "2026-03-04"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published once; tests only read it."""
    return shared_home(tmp_path_factory, "every_tool", publish_company)


@pytest.fixture(scope="module")
def connection(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with published.open_published(warehouse.current(home)) as opened:
        yield opened


CASE_NAMES = ["+".join(sorted(case.tools)) for case in CASES]
each_case = pytest.mark.parametrize("case", CASES, ids=CASE_NAMES)


def _of_tools(rows: published.Rows, case: Case) -> published.Rows:
    return {key: row for key, row in rows.items() if key[1] in case.tools}


@each_case
def test_tool_facts_are_those_worked_out_by_hand(case: Case, connection: duckdb.DuckDBPyConnection) -> None:
    nothing = dict.fromkeys((*MEASURES, "list_cost_usd", "billed_cost_usd"))
    wanted: published.Rows = {
        key: {**nothing, "is_provisional": key[2].isoformat() >= FIRST_PROVISIONAL, **row}
        for key, row in case.tool_days.items()
    }
    assert published.differences(wanted, _of_tools(published.tool_daily(connection), case)) == []


@each_case
def test_mode_facts_are_those_worked_out_by_hand(case: Case, connection: duckdb.DuckDBPyConnection) -> None:
    names = ("is_active", "is_substantive", "intentional_action_count", "evidence_basis")
    wanted: published.Rows = {
        key: dict(zip(names, (*row, "count")[:4], strict=True)) for key, row in case.mode_days.items()
    }
    assert published.differences(wanted, _of_tools(published.mode_daily(connection), case)) == []


@each_case
def test_model_facts_are_those_worked_out_by_hand(case: Case, connection: duckdb.DuckDBPyConnection) -> None:
    found = _of_tools(published.model_daily(connection), case)
    nothing: dict[str, Any] = dict.fromkeys(next(iter(found.values()))) if found else {}
    wanted: published.Rows = {key: {**nothing, **row} for key, row in case.model_days.items()}
    assert published.differences(wanted, found) == []


def _reconciled(records: Mapping[tuple[str, str, date | None], Reconciled]) -> published.Rows:
    wanted: published.Rows = {}
    for key, parts in records.items():
        counts = {f"{part}_count": getattr(parts, part) for part in PARTS}
        wanted[key] = {"record_count": sum(counts.values()), **counts}
    return wanted


@pytest.mark.parametrize(
    "records", [*(case.records for case in CASES), rota.RECORDS], ids=[*CASE_NAMES, "rota"]
)
def test_every_record_went_where_the_files_say(
    records: Mapping[tuple[str, str, date | None], Reconciled], connection: duckdb.DuckDBPyConnection
) -> None:
    feeds = {key[:2] for key in records}
    found = {key: row for key, row in published.reconciliation(connection).items() if tuple(key[:2]) in feeds}
    assert published.differences(_reconciled(records), found) == []


def test_the_rota_says_what_is_expected_of_its_days(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select people.employee_id, days.activity_date, days.expected_fraction "
        "from marts.fct_employee_engagement_daily as days "
        "inner join identity.marts.employee_identity as people using (employee_key)"
    ).fetchall()
    assert {(employee, day): fraction for employee, day, fraction in found} == rota.FRACTIONS


def test_no_other_fact_is_published(connection: duckdb.DuckDBPyConnection) -> None:
    wanted = set(chain.from_iterable(case.tool_days for case in CASES))
    assert set(published.tool_daily(connection)) == wanted


def test_only_keys_that_no_vendor_writes_are_drift(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select source, feed, key_path, drift_kind from ops.schema_drift order by all"
    ).fetchall()
    # planted in the cases, so that content in a key of another name is tried too
    assert found == [
        ("amazon_q", "user_activity", "Note", "new_key"),
        ("cursor", "usage_events", "customPrompt", "new_key"),
        ("gemini_workspace", "activities", "parameters[free_text]", "new_key"),
        ("litellm", "spend_logs", "metadata.note", "new_key"),
        ("openai", "usage_completions", "note", "new_key"),
    ]


def test_a_day_with_a_concealed_name_is_covered_for_nobody(connection: duckdb.DuckDBPyConnection) -> None:
    """Of Monday, Wednesday and Thursday there are snapshots; Monday's conceals a name."""
    found = connection.execute(
        "select distinct activity_date from ops.feed_coverage where source = 'm365_copilot' order by all"
    ).fetchall()
    assert found == [(WEDNESDAY,), (THURSDAY,)]


def test_what_must_not_leave_the_inbox_is_nowhere_else(home: Path) -> None:
    planted = [path for path in (home / "inbox").rglob("*") if path.is_file()]
    assert any(CANARY.encode() in path.read_bytes() for path in planted)
    elsewhere = [path for path in home.rglob("*") if path.is_file() and "inbox" not in path.parts]
    assert [path for path in elsewhere if CANARY.encode() in path.read_bytes()] == []
