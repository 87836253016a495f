"""landing/known_statements.duckdb: whole and of one basis or not there; it has every table models ask for."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from orchestration.home import PROJECT_ROOT, Home
from orchestration.transformation import known_statements


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home after a run that kept what it knows on the basis `one`."""
    home = Home(tmp_path)
    home.work.mkdir()
    home.landing.mkdir()
    with duckdb.connect(str(home.scratch)) as connection:
        for number, table in enumerate(known_statements.KEPT_TABLES):
            connection.execute(f"create table {table} as select {number} as number")
    known_statements.keep(home, "one", memory_limit="100MB", threads=1)
    return home


def test_every_table_that_models_ask_for_is_kept_and_no_other() -> None:
    project = PROJECT_ROOT / "dbt_project"
    text = "".join(path.read_text(encoding="utf-8") for path in project.rglob("*.sql"))
    asked = set(re.findall(r"known_before\('(\w+)'", text))
    asked |= set(re.findall(r"statements_in_effect\('\w+', '\w+', '(\w+)'", text))
    assert asked == set(known_statements.KEPT_TABLES)


def test_what_a_run_knows_is_there_for_the_next(home: Home) -> None:
    known_statements.discard_foreign(home, "one")
    with duckdb.connect(str(home.known_statements), read_only=True) as connection:
        found = [
            connection.execute(f"select number from {table}").fetchall()
            for table in known_statements.KEPT_TABLES
        ]
    assert found == [[(number,)] for number in range(len(known_statements.KEPT_TABLES))]
    assert home.known_statements.stat().st_mode & 0o777 == 0o600


def test_what_other_models_made_is_not_known(home: Home) -> None:
    known_statements.discard_foreign(home, "another")
    assert list(home.landing.iterdir()) == []


def test_a_changed_byte_is_not_known(home: Home) -> None:
    content = bytearray(home.known_statements.read_bytes())
    content[len(content) // 2] ^= 1
    home.known_statements.write_bytes(content)
    known_statements.discard_foreign(home, "one")
    assert list(home.landing.iterdir()) == []


def test_a_file_without_its_seal_is_not_known(home: Home) -> None:
    home.known_statements.with_suffix(".sha256").unlink()
    known_statements.discard_foreign(home, "one")
    assert list(home.landing.iterdir()) == []


def test_the_basis_changes_with_models_and_settings() -> None:
    basis = known_statements.basis
    assert basis({"a": "1", "b": "2"}, "s") == basis({"b": "2", "a": "1"}, "s")
    assert len({basis({"a": "1"}, "s"), basis({"a": "2"}, "s"), basis({"a": "1"}, "t")}) == 3
