"""How a table of the candidate takes the rows of a run: whole, or added to those that stay."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.home import EMPLOYEE_FILE, Home
from tests import warehouse

pytestmark = pytest.mark.slow


def _change(home: Home, statement: str) -> None:
    with duckdb.connect(str(home.candidate / EMPLOYEE_FILE)) as connection:
        connection.execute(statement)


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.candidate / EMPLOYEE_FILE), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_ledger_keeps_its_rows_and_takes_a_column_it_had_not(candidate_home: Home) -> None:
    count = "select count(*), count(rebuilt_from_date), count(distinct generation_number) from ops.generation"
    assert _rows(candidate_home, count) == [(1, 1, 1)]
    _change(candidate_home, "alter table ops.generation drop column rebuilt_from_date")
    finished = warehouse.dbt(candidate_home, "run", "--select", "generation", "--full-refresh")
    assert finished.returncode == 0, finished.stdout
    # the row of before, of which the column says nothing, and that of this run under the same number
    assert _rows(candidate_home, count) == [(2, 1, 1)]


def test_rows_added_to_a_table_of_other_columns_are_refused(candidate_home: Home) -> None:
    _change(candidate_home, "alter table marts.fct_employee_mode_daily add column note varchar")
    finished = warehouse.dbt(candidate_home, "run", "--select", "fct_employee_mode_daily")
    assert finished.returncode != 0
    assert "Build it anew with --full-refresh" in finished.stdout
    anew = warehouse.dbt(candidate_home, "run", "--select", "fct_employee_mode_daily", "--full-refresh")
    assert anew.returncode == 0, anew.stdout
    assert _rows(candidate_home, "select 1 from duckdb_columns() where column_name = 'note'") == []


def test_what_a_run_states_anew_is_there_once(candidate_home: Home) -> None:
    query = "select * from marts.fct_employee_mode_daily order by all"
    before = _rows(candidate_home, query)
    finished = warehouse.dbt(candidate_home, "run", "--select", "fct_employee_mode_daily")
    assert finished.returncode == 0, finished.stdout
    assert _rows(candidate_home, query) == before
    assert before
