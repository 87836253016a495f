"""Drives the warehouse as a user does: the command line, or dbt, in a process and on a home of its own.

Nothing is asserted here beyond the exit status a caller asked for.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb

from orchestration.home import PROJECT_ROOT, PUBLISHED_FILES, Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run
from tests.warm_process import WarmProcesses

# The ledger of restatements is a log of runs; everything else in marts is state, whatever their order.
LOGS = {"fct_tier_restatement"}
KEY = "ab" * 32
_WARM = WarmProcesses()
COMMAND = (sys.executable, "-m", "orchestration.command_line.cli")


def adoption(
    home: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command of the warehouse and return it with its output."""
    return _WARM.run([*arguments, "--home", str(home)], os.environ | (environment or {}))


def succeed(home: Path, *arguments: str) -> str:
    """Run one command that must exit with 0; returns what it printed."""
    finished = adoption(home, *arguments)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def dbt(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One dbt command on the scratch database and the candidate of a home, as a night runs it."""
    return subprocess.run(
        [*dbt_run.executable_prefix(), *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | dbt_run.dbt_environment(home, Settings(), home.root / "pseudonym.key"),
        capture_output=True,
        text=True,
        check=False,
    )


def publish(home: Path, night: date, reason: str) -> None:
    """Run one night; a held one is released, as the person on duty would."""
    finished = adoption(home, "nightly", "--date", night.isoformat())
    assert finished.returncode in (0, 3), finished.stderr
    if finished.returncode == 3:
        succeed(home, "release", "--reason", reason)


def sample(home: Path, *, employees: int, first: date, last: date, seed: int) -> None:
    """A home with a sample company and a fixed key, so that pseudonyms are equal between homes."""
    home.mkdir(parents=True)
    key = home / "pseudonym.key"
    key.write_text(KEY)
    key.chmod(0o600)
    succeed(
        home,
        "sample",
        *("--employees", str(employees)),
        *("--from", first.isoformat()),
        *("--to", last.isoformat()),
        *("--seed", str(seed)),
    )


def current(home: Path) -> Path:
    """The directory of the generation in force, resolved once."""
    return (home / "published" / "current").resolve(strict=True)


def copy_as_candidate(published: Path, home: Home) -> None:
    """Make a home of the end of a night: what dbt left, and the published files as a candidate."""
    home.candidate.mkdir(parents=True)
    shutil.copy(Home(published).scratch, home.scratch)
    for name in PUBLISHED_FILES:
        shutil.copy(current(published) / name, home.candidate)
    shutil.copy(published / "pseudonym.key", home.root)


def file_hashes(directory: Path) -> dict[str, str]:
    """sha256 of every file of a generation."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.iterdir())}


def table_hashes(directory: Path) -> dict[str, str]:
    """A hash over the sorted rows of every state table of schema marts in all three files."""
    hashes = {}
    for path in sorted(directory.glob("*.duckdb")):
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
            ).fetchall()
            for (table,) in tables:
                if table not in LOGS:
                    columns = _columns(connection, table)
                    rows = connection.execute(f"select {columns} from marts.{table}").fetchall()
                    digest = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
                    hashes[f"{path.stem}.{table}"] = f"{len(rows)} rows {digest}"
    return hashes


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """All columns but the clock of landing, which differs between runs by nature."""
    names = connection.execute(
        "select column_name from information_schema.columns where table_schema = 'marts' and table_name = ?",
        [table],
    ).fetchall()
    return ", ".join(sorted(name for (name,) in names if name != "last_landed_at"))
