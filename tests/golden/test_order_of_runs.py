"""The same deliveries give the same tables, whatever the order and number of runs that took them in.

ADOPTION_TEST_NIGHTS sets how many nights run one by one (`make nights` runs 30).
"""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import warehouse
from tests.shared_home import shared_home

NIGHTS = int(os.environ.get("ADOPTION_TEST_NIGHTS", "8"))
FIRST = date(2026, 2, 1)
LAST = FIRST + timedelta(days=NIGHTS - 1)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def inbox_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its inbox alone; not to be changed."""

    def deliver(home: Path) -> None:
        warehouse.sample(home, employees=120, first=FIRST, last=LAST, seed=3)

    return shared_home(tmp_path_factory, "order", deliver)


@pytest.fixture(scope="session")
def backfilled(inbox_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after one backfill over all its dates; not to be changed."""

    def backfill(home: Path) -> None:
        shutil.copytree(inbox_home, home)
        warehouse.succeed(home, "backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())

    return shared_home(tmp_path_factory, "backfilled", backfill)


def test_nights_one_by_one_equal_one_backfill(inbox_home: Path, backfilled: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(inbox_home, home)
    for offset in range(NIGHTS):
        _publish(home, FIRST + timedelta(days=offset), "so few people vary more than the gate expects")
    assert warehouse.table_hashes(warehouse.current(home)) == warehouse.table_hashes(
        warehouse.current(backfilled)
    )


def test_deliveries_in_another_order_give_the_same_tables(
    inbox_home: Path, backfilled: Path, tmp_path: Path
) -> None:
    """Half of the files arrive first, the rest, earlier ones among them, in a second night."""
    home = tmp_path / "home"
    shutil.copytree(inbox_home, home)
    files = sorted(path for path in (home / "inbox").rglob("*") if path.is_file())
    # the agreements and the workforce come at once: without them there is nobody to publish
    held_back = [path for path in files[::2] if path.parent.parent.name not in ("governance", "hr")]
    aside = tmp_path / "aside"
    for path in held_back:
        target = aside / path.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    _publish(home, LAST, "half of the files are held back by the test")
    half = warehouse.table_hashes(warehouse.current(home))
    for path in held_back:
        (aside / path.relative_to(home)).rename(path)
    warehouse.succeed(home, "nightly", "--date", LAST.isoformat())
    whole = warehouse.table_hashes(warehouse.current(home))
    assert whole != half
    assert whole == warehouse.table_hashes(warehouse.current(backfilled))


def test_the_same_night_again_publishes_nothing(backfilled: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(backfilled, home, symlinks=True)
    warehouse.succeed(home, "nightly", "--date", LAST.isoformat())
    assert warehouse.file_hashes(warehouse.current(home)) == warehouse.file_hashes(
        warehouse.current(backfilled)
    )
    assert len(list((home / "published").glob("gen-*"))) == 1


def test_a_rebuild_of_every_date_gives_the_same_tables(backfilled: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(backfilled, home, symlinks=True)
    warehouse.succeed(home, "backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
    assert len(list((home / "published").glob("gen-*"))) == 2
    assert warehouse.table_hashes(warehouse.current(home)) == warehouse.table_hashes(
        warehouse.current(backfilled)
    )


def _publish(home: Path, night: date, reason: str) -> None:
    """Run one night; a held one is released, as the person on duty would."""
    finished = warehouse.adoption(home, "nightly", "--date", night.isoformat())
    assert finished.returncode in (0, 3), finished.stderr
    if finished.returncode == 3:
        warehouse.succeed(home, "release", "--reason", reason)
