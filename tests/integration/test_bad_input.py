"""Bad input through the command line: one sentence or one row, the right exit status, readers untouched."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.integration import company
from tests.integration.company import DAY, TOMORROW_STAMP, adoption, put, query, succeed, what_readers_see
from tests.oracle.inbox import deliveries, pages

pytestmark = pytest.mark.slow

CLAUDE, ORG_UNITS, WORKERS = "claude_code/usage_report", "hr/org_units", "hr/workers"
UNTRUSTED = {
    f"{CLAUDE}/2026-03-29_{TOMORROW_STAMP}.json": ("<html><body>Sign in</body></html>", "is HTML"),
    f"{ORG_UNITS}/org_units_2026-03-30_{TOMORROW_STAMP}.csv": (
        "org_unit_name,org_unit_id,parent_org_unit_id\nTreasury,OU-900,\n",
        "Column org_unit_id is misplaced",
    ),
    f"{ORG_UNITS}/org_units_2026-03-29_{TOMORROW_STAMP}.csv": (
        "OU-900,Treasury,OU-1\n",
        "Column org_unit_id is missing",
    ),
}


def test_files_that_cannot_be_trusted_fail_the_night_each_in_one_sentence(home: Path) -> None:
    before = what_readers_see(home)
    cut = f"{CLAUDE}/2026-03-30_{TOMORROW_STAMP}.json.gz"
    put(home, cut, company.claude_pages(home, DAY, DAY))
    whole = (home / "inbox" / cut).read_bytes()
    (home / "inbox" / cut).write_bytes(whole[: len(whole) // 2])
    for path, (content, _) in UNTRUSTED.items():
        put(home, path, content)
    header = company.workers_csv(company.workers(home, DAY)).splitlines()[0]
    empty = f"{WORKERS}/workers_2026-03-30_{TOMORROW_STAMP}.csv"
    put(home, empty, header + "\n")
    night = adoption(home, "nightly", "--date", DAY.isoformat())
    assert night.returncode == 1
    said = company.complaint(night).splitlines()
    assert said[0] == "5 files of the inbox cannot be trusted; nothing was built."
    wanted = {path: words for path, (_, words) in UNTRUSTED.items()} | {
        cut: "truncated gzip file",
        empty: "holds no workers",
    }
    assert {line.partition(": ")[0] for line in said[1:]} == set(wanted)
    for line in said[1:]:
        path, _, sentence = line.partition(": ")
        assert wanted[path] in sentence
    assert what_readers_see(home) == before


def _claude_row(home: Path) -> dict[str, Any]:
    """A record of a person on the last date, under a terminal nobody has, so that it is one of its own."""
    last = deliveries(home / "inbox" / "claude_code" / "usage_report")[-1]
    row: dict[str, Any] = next(
        row for page in pages(last) for row in page["data"] if row["actor"]["type"] == "user_actor"
    )
    return row | {"terminal_type": "terminal-of-a-test"}


def test_each_bad_record_is_one_row_and_its_neighbours_go_in(home: Path) -> None:
    good = _claude_row(home)
    metrics = good["core_metrics"]
    bad = {
        "wrong type": good | {"core_metrics": metrics | {"num_sessions": "three"}},
        "negative": good | {"core_metrics": metrics | {"num_sessions": -1}},
        "absurd": good | {"core_metrics": metrics | {"num_sessions": 10**12}},
        "1970": good | {"date": "1970-01-01T00:00:00Z"},
        "future": good | {"date": "2999-01-01T00:00:00Z"},
    }
    path = f"{CLAUDE}/{DAY}_{TOMORROW_STAMP}.json"
    put(home, path, "".join(json.dumps(row) + "\n" for row in [*bad.values(), good]))
    before = query(home, "select count(*) from ops.rejected_record")
    succeed(home, "nightly", "--date", DAY.isoformat())
    rows = query(
        home,
        "select record_line, activity_date, reject_reason from ops.rejected_record "
        f"where file_path = '{path}' order by 1",
    )
    assert [(line, day) for line, day, _ in rows] == [(1, DAY), (2, DAY), (3, DAY), (4, None), (5, None)]
    reasons = [reason for *_, reason in rows]
    for reason, words in zip(
        reasons, ["not a whole number", "negative", "above", "date", "date"], strict=True
    ):
        assert words in reason
    assert query(home, "select count(*) from ops.rejected_record") == [(before[0][0] + len(bad),)]
    assert query(
        home, f"select record_count, rejected_count from ops.load_file where file_path = '{path}'"
    ) == [(len(bad) + 1, len(bad))]
    # the good neighbour counts: its sessions are added to those of the person's other terminals
    assert company.status(home)["generation"] == 2


def test_two_runs_at_once_the_second_leaves_at_once(home: Path) -> None:
    before = what_readers_see(home)
    holder = (
        "import sys, pathlib\n"
        "from orchestration.home import Home\n"
        "from orchestration.lock import run_lock\n"
        "with run_lock(Home(pathlib.Path(sys.argv[1])), 'the-other-run'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", holder, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        start = time.monotonic()
        for arguments in (
            ("nightly", "--date", DAY.isoformat()),
            ("backfill", "--from", "2026-03-01", "--to", "2026-03-02"),
            ("withdraw", "0" * 16, "--reason", "x"),
            ("release", "--reason", "x"),
            ("rollback",),
        ):
            second = adoption(home, *arguments, timeout=5)
            assert second.returncode == 4, arguments
            assert company.complaint(second).startswith("Run the-other-run (process ")
        assert time.monotonic() - start < 5 * 5
    finally:
        other.communicate()
    assert what_readers_see(home) == before


def test_without_an_agreement_nobody_appears_and_it_is_said_first(tmp_path: Path) -> None:
    home = tmp_path / "home"
    company.make_sample(home, employees=30, first=date(2026, 3, 26))
    for path in (home / "inbox" / "governance" / "agreements").iterdir():
        path.unlink()
    night = adoption(home, "nightly", "--date", DAY.isoformat())
    assert night.returncode == 0, night.stderr
    assert night.stderr.splitlines()[0].startswith("No monitoring agreement is on file")
    assert night.stdout.splitlines()[0].startswith("No monitoring agreement is on file")
    keyed = (
        "select table_catalog, table_schema, table_name from information_schema.columns "
        "where column_name in ('employee_key', 'employee_id') and table_schema in ('marts', 'ops')"
    )
    tables = query(home, keyed)
    assert len(tables) > 10
    for catalog, schema, table in tables:
        assert query(home, f"select count(*) from {catalog}.{schema}.{table}") == [(0,)], table
    employed = query(
        home,
        "select max(employed_count), max(included_count), max(active_count) "
        "from marts.adoption_by_tool_weekly",
        "adoption_shared.duckdb",
    )
    assert employed == [(None, None, None)] or employed[0][0] > 0
