"""Who it was: nobody's use is another's on any date; use of unknown names waits until a list comes."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests import warehouse
from tests.golden.moving_company import LAST, draw
from tests.golden.moving_files import write_company, write_lists
from tests.oracle.actors import Files, Oracle
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

SEED = 4
REASON = "a company drawn by a test has no usual volume"
MEASURES = {
    "claude_code": "lines_added_count",
    "github_copilot": "prompt_count",
    "chatgpt": "prompt_count",
}
PersonToolDay = tuple[str, str, date]


def without_lists(files: Files) -> Files:
    """What is known on the first night."""
    return replace(files, users={}, accounts={}, identities={})


@pytest.fixture(scope="module")
def files() -> Files:
    return draw(SEED)


def _new_home(home: Path, files: Files) -> None:
    home.mkdir()
    key = home / "pseudonym.key"
    key.write_text(warehouse.KEY)
    key.chmod(0o600)
    write_company(home, files)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Path:
    """The company after a night without any list."""

    def prepare(home: Path) -> None:
        _new_home(home, files)
        warehouse.publish(home, LAST, REASON)

    return shared_home(tmp_path_factory, "moving_before", prepare)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, files: Files, before: Path) -> Path:
    """The same after a second night, for which all lists came."""

    def prepare(home: Path) -> None:
        shutil.copytree(before, home, symlinks=True)
        write_lists(home, files)
        warehouse.publish(home, LAST, REASON)

    return shared_home(tmp_path_factory, "moving_after", prepare)


def query(home: Path, statement: str) -> list[tuple[object, ...]]:
    """Rows of the employee-level file in force, the identity file attached."""
    folder = warehouse.current(home)
    with duckdb.connect(str(folder / "adoption.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{folder / 'adoption_identity.duckdb'}' as identity (read_only)")
        return connection.execute(statement).fetchall()


def attributed(home: Path) -> dict[PersonToolDay, int]:
    """What is published of each person, tool and day."""
    measures = " ".join(f"when '{tool}' then {column}" for tool, column in MEASURES.items())
    rows = query(
        home,
        f"select employee_id, tool_id, activity_date, case tool_id {measures} end "
        "from marts.fct_employee_tool_daily "
        "inner join identity.marts.employee_identity using (employee_key)",
    )
    return {(str(row[0]), str(row[1]), row[2]): int(str(row[3])) for row in rows if isinstance(row[2], date)}


def expected(files: Files) -> dict[PersonToolDay, int]:
    """The same by the oracle."""
    oracle = Oracle(files)
    found: Counter[PersonToolDay] = Counter()
    for use in files.uses:
        person = oracle.who(use.kind, use.name, use.day)
        if person is not None:
            found[person, use.tool, use.day] += use.amount
    return dict(found)


def unresolved(files: Files) -> dict[tuple[str, date], int]:
    """Records that nobody could be told for, by the oracle; a message is a record."""
    oracle = Oracle(files)
    found: Counter[tuple[str, date]] = Counter()
    for use in files.uses:
        if oracle.who(use.kind, use.name, use.day) is None:
            found[use.tool, use.day] += use.amount if use.tool == "chatgpt" else 1
    return dict(found)


def test_the_rules_name_no_wrong_person(files: Files) -> None:
    oracle = Oracle(files)
    said = [oracle.who(use.kind, use.name, use.day) for use in files.uses]
    wrong = [
        use
        for use, person, truth in zip(files.uses, said, files.truth, strict=True)
        if person not in (None, truth)
    ]
    assert wrong == []
    assert said.count(None) < 0.1 * len(said)
    assert len({row.employee_id for rows in files.workers.values() for row in rows}) >= 300


def test_each_use_is_published_of_whom_the_oracle_names(files: Files, before: Path, after: Path) -> None:
    assert attributed(before) == expected(without_lists(files))
    assert attributed(after) == expected(files)


def test_unresolved_use_is_kept_with_its_totals(files: Files, before: Path, after: Path) -> None:
    for home, known in ((before, without_lists(files)), (after, files)):
        rows = query(
            home,
            "select source, activity_date, unresolved_count from ops.reconciliation "
            "where unresolved_count > 0",
        )
        assert {(row[0], row[1]): row[2] for row in rows} == unresolved(known)
        broken = query(
            home,
            "select source, feed, activity_date from ops.reconciliation where record_count <> accepted_count "
            "+ duplicate_count + rejected_count + unresolved_count + non_human_count",
        )
        assert broken == []


def test_late_lists_give_the_tables_of_lists_in_time(files: Files, after: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _new_home(home, files)
    write_lists(home, files)
    warehouse.publish(home, LAST, REASON)
    assert warehouse.table_hashes(warehouse.current(home)) == warehouse.table_hashes(warehouse.current(after))
