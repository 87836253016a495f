"""Every feed of usage, from files in the vendors' formats to facts: one company, one night, figures by hand.

What stands in the files and what must be published belongs to tests/feeds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources import FEEDS
from tests import published, warehouse
from tests.feeds import CASES
from tests.feeds.case import CANARY, FRIDAY, MONDAY, PEOPLE, Case
from tests.oracle.expected import MEASURES
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

WORKER_COLUMNS = tuple(column for column in FEEDS["hr/workers"].csv_columns)
PARTS = ("accepted", "duplicate", "rejected", "unresolved", "non_human")
# The last three days are provisional.
FIRST_PROVISIONAL = "2026-03-04"


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _company_files() -> dict[str, str]:
    """The workforce, an agreement, and access of everybody to every tool of the cases."""
    workers = [
        {
            "employee_id": person.employee_id,
            "work_email": person.work_email,
            "display_name": "Somebody",
            "github_login": person.github_login,
            "line_of_business": "Markets",
            "country_code": "US",
            "fte_fraction": "1",
            "working_weekdays": "1111100",
            "hired_date": "2020-01-06",
            "employment_status": "active",
        }
        for person in PEOPLE
    ]
    tools = sorted(frozenset(chain.from_iterable(case.tools for case in CASES)))
    entitlements = [
        {"employee_id": person.employee_id, "tool_id": tool, "status": "granted", "from_date": "2026-01-05"}
        for person in PEOPLE
        for tool in tools
    ]
    return {
        f"hr/workers/workers_{MONDAY}_20260302T010000Z.csv": _csv(WORKER_COLUMNS, workers),
        "governance/agreements/agreements.csv": _csv(
            FEEDS["governance/agreements"].csv_columns,
            [{"country_code": "US", "agreement_id": "A-1", "from_date": "2024-01-01"}],
        ),
        "access/entitlements/entitlements.csv": _csv(FEEDS["access/entitlements"].csv_columns, entitlements),
    }


def _publish(home: Path) -> None:
    home.mkdir(parents=True)
    files: dict[str, str | bytes] = {**_company_files()}
    for case in CASES:
        files |= case.files
    for path, content in files.items():
        target = home / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    (home / "adoption.toml").write_text('[sources.chatgpt]\ncontent_access_approval_id = "DPIA-1"\n')
    warehouse.publish(home, FRIDAY, "a company of three people is no measure of shares")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published once; tests only read it."""
    return shared_home(tmp_path_factory, "every_tool", _publish)


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


@each_case
def test_every_record_went_where_the_files_say(case: Case, connection: duckdb.DuckDBPyConnection) -> None:
    feeds = {key[:2] for key in case.records}
    found = {key: row for key, row in published.reconciliation(connection).items() if tuple(key[:2]) in feeds}
    wanted: published.Rows = {}
    for key, parts in case.records.items():
        counts = {f"{part}_count": getattr(parts, part) for part in PARTS}
        wanted[key] = {"record_count": sum(counts.values()), **counts}
    assert published.differences(wanted, found) == []


def test_no_other_fact_is_published(connection: duckdb.DuckDBPyConnection) -> None:
    wanted = set(chain.from_iterable(case.tool_days for case in CASES))
    assert set(published.tool_daily(connection)) == wanted


def test_only_keys_that_no_vendor_writes_are_drift(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select source, feed, key_path, drift_kind from ops.schema_drift order by all"
    ).fetchall()
    assert found == [
        ("cursor", "usage_events", "customPrompt", "new_key"),
        ("litellm", "spend_logs", "metadata.note", "new_key"),
        ("openai", "usage_completions", "note", "new_key"),
    ]


def test_what_must_not_leave_the_inbox_is_nowhere_else(home: Path) -> None:
    planted = [path for path in (home / "inbox").rglob("*") if path.is_file()]
    assert any(CANARY.encode() in path.read_bytes() for path in planted)
    elsewhere = [path for path in home.rglob("*") if path.is_file() and "inbox" not in path.parts]
    assert [path for path in elsewhere if CANARY.encode() in path.read_bytes()] == []
