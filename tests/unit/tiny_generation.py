"""Generations of three tiny DuckDB files, built and audited for real; every file names the run that wrote it.

For tests of publishing only; nothing of the warehouse's tables is in them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration import pseudonym
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.lock import run_lock
from orchestration.publishing import generation, verdict
from orchestration.publishing.manifest import Manifest, ManifestDraft
from orchestration.publishing.verdict import CheckResult, Verdict

NOW = datetime(2026, 3, 31, 2, 30, tzinfo=UTC)


def check(outcome: verdict.CheckOutcome = "passed", severity: verdict.Severity = "blocking") -> CheckResult:
    return CheckResult(
        suite="employee", check_name="has_rows", outcome=outcome, severity=severity, message="counted rows"
    )


def draft(run_id: str) -> ManifestDraft:
    return ManifestDraft(
        run_id=run_id,
        as_of_date=date(2026, 3, 30),
        built_at=NOW,
        delivery_ids=("b", "a"),
        dates_rebuilt_from=date(2026, 3, 30),
        dates_rebuilt_to=date(2026, 3, 30),
        dates_rebuilt_count=1,
        node_hashes={"model.adoption.fct": "0"},
        settings_hash="0",
    )


def build(home: Home, run_id: str) -> None:
    """Start a candidate and let every file of it name `run_id`, in one more row than its base has."""
    pseudonym.ensure_key(home, home.default_key)
    generation.start_candidate(home)
    fill(home, run_id)


def fill(home: Home, run_id: str) -> None:
    """Let every file of a started candidate name `run_id`."""
    for name in PUBLISHED_FILES:
        with duckdb.connect(home.candidate / name) as connection:
            connection.execute("create table if not exists run (run_id varchar)")
            # No bound parameter: the first one in a process imports pandas, half a second.
            connection.execute(f"insert into run values ('{run_id}')")


def key(home: Home) -> bytes:
    return pseudonym.read_key(home.default_key)


def audit(home: Home, run_id: str, outcome: verdict.CheckOutcome = "passed") -> Verdict:
    """Write the verdict of a run on work/candidate as it is now."""
    found = verdict.combine(
        [check(outcome)],
        generation.file_hashes(home.candidate),
        base_generation=generation.number_in_force(home),
        decided_at=NOW,
        draft_sha256=draft(run_id).sha256,
    )
    verdict.write(verdict.verdict_path(home), found, key(home))
    return found


def prepare(home: Home, run_id: str) -> None:
    """A candidate built and audited, and no more."""
    with run_lock(home, run_id):
        build(home, run_id)
        audit(home, run_id)


def publish(home: Home, run_id: str) -> Manifest:
    with run_lock(home, run_id):
        build(home, run_id)
        audit(home, run_id)
        return generation.publish(home, draft(run_id))


def hold(home: Home, run_id: str) -> Path:
    with run_lock(home, run_id):
        build(home, run_id)
        audit(home, run_id, "failed")
        return generation.hold(home, draft(run_id))


def rollback(home: Home, to: int | None = None) -> Manifest:
    with run_lock(home, "rollback"):
        return generation.rollback(home, to)


def release(home: Home) -> Manifest:
    with run_lock(home, "release"):
        return generation.release(home, "known late feed", "on-call")


def rows(directory: Path) -> list[list[str]]:
    """The runs that each file of a generation names."""
    found = []
    for name in PUBLISHED_FILES:
        with duckdb.connect(directory / name, read_only=True) as connection:
            found.append([run_id for (run_id,) in connection.execute("from run").fetchall()])
    return found


def runs_seen(home: Home) -> list[str]:
    """What a reader sees: the runs in the generation in force, the same in all of its files."""
    directory = home.current.resolve(strict=True)
    generation.verify(directory)
    seen = rows(directory)
    assert seen[0] == seen[1] == seen[2], seen
    return seen[0]
