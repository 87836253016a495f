"""How a table of the candidate takes the rows of a run: whole, or added to those that stay."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration.home import EMPLOYEE_FILE, PROJECT_ROOT, PUBLISHED_FILES, Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run
from tests import warehouse

pytestmark = pytest.mark.slow


@pytest.fixture
def night(truth_home: Path, tmp_path: Path) -> Home:
    """The end of a published night, its candidate still open."""
    home = Home(tmp_path)
    home.candidate.mkdir(parents=True)
    shutil.copy(truth_home / "work" / "scratch.duckdb", home.scratch)
    for name in PUBLISHED_FILES:
        shutil.copy(warehouse.current(truth_home) / name, home.candidate)
    shutil.copy(truth_home / "pseudonym.key", home.root)
    return home


def _change(home: Home, statement: str) -> None:
    with duckdb.connect(str(home.candidate / EMPLOYEE_FILE)) as connection:
        connection.execute(statement)


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.candidate / EMPLOYEE_FILE), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _run(home: Home, model: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*dbt_run.executable_prefix(), "run", "--select", model, *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | dbt_run.dbt_environment(home, Settings(), home.root / "pseudonym.key"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_ledger_keeps_its_rows_and_takes_a_column_it_had_not(night: Home) -> None:
    count = "select count(*), count(rebuilt_from_date), count(distinct generation_number) from ops.generation"
    assert _rows(night, count) == [(1, 1, 1)]
    _change(night, "alter table ops.generation drop column rebuilt_from_date")
    finished = _run(night, "generation", "--full-refresh")
    assert finished.returncode == 0, finished.stdout
    # the row of before, of which the column says nothing, and that of this run under the same number
    assert _rows(night, count) == [(2, 1, 1)]


def test_rows_added_to_a_table_of_other_columns_are_refused(night: Home) -> None:
    _change(night, "alter table marts.fct_employee_mode_daily add column note varchar")
    finished = _run(night, "fct_employee_mode_daily")
    assert finished.returncode != 0
    assert "Build it anew with --full-refresh" in finished.stdout
    assert _run(night, "fct_employee_mode_daily", "--full-refresh").returncode == 0
    assert _rows(night, "select 1 from duckdb_columns() where column_name = 'note'") == []


def test_what_a_run_states_anew_is_there_once(night: Home) -> None:
    query = "select * from marts.fct_employee_mode_daily order by all"
    before = _rows(night, query)
    finished = _run(night, "fct_employee_mode_daily")
    assert finished.returncode == 0, finished.stdout
    assert _rows(night, query) == before
    assert before
