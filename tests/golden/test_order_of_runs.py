"""The same deliveries give the same tables, whatever the order and number of runs that took them in.

ADOPTION_TEST_NIGHTS sets how many nights run one by one (`make nights` runs 30), ADOPTION_TEST_ORDERS in how
many drawn orders their deliveries arrive (`make orders`: 12 nights, 60 deliveries and more, 20 orders).
"""

from __future__ import annotations

import os
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import warehouse
from tests.golden.cutoffs import HEADER, write_cutoffs
from tests.shared_home import shared_home

NIGHTS = int(os.environ.get("ADOPTION_TEST_NIGHTS", "8"))
ORDERS = int(os.environ.get("ADOPTION_TEST_ORDERS", "1"))
FIRST = date(2026, 2, 1)
LAST = FIRST + timedelta(days=NIGHTS - 1)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def inbox_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its inbox alone; not to be changed."""

    def deliver(home: Path) -> None:
        warehouse.sample(home, employees=120, first=FIRST, last=LAST, seed=3)
        write_cutoffs(home)
        _announce(home)

    return shared_home(tmp_path_factory, "order", deliver)


def _announce(home: Path) -> None:
    """What is known from the first night and holds from a later one, on which no week settles: an agreement
    that begins, one that ends, cut-offs.
    """
    begins, ends, changes = (FIRST + timedelta(days=days) for days in (4, 5, 6))
    agreements = home / "inbox/governance/agreements/agreements_2026-02-01_20260202T020000Z.csv"
    agreements.write_text(
        "country_code,legal_entity_code,agreement_id,from_date,to_date\n"
        f"FR,,MA-FR-2,{begins},\n"
        f"SG,,MA-SG-1,2025-01-01,{ends - timedelta(days=1)}\n"
    )
    cutoffs = home / "inbox/tiers/cutoffs/quartile_4w_set_3.csv"
    cutoffs.write_text(
        f"{HEADER}\n"
        + "".join(
            f"quartile_4w,1,{changes},chatgpt,company,all,{percentile},{percentile},40\n"
            for percentile in (25, 50, 75)
        )
    )


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
        warehouse.publish(
            home, FIRST + timedelta(days=offset), "so few people vary more than the gate expects"
        )
    assert warehouse.table_hashes(warehouse.current(home)) == warehouse.table_hashes(
        warehouse.current(backfilled)
    )


@pytest.mark.parametrize("order", range(ORDERS))
def test_deliveries_in_any_order_give_the_same_tables(
    order: int, inbox_home: Path, backfilled: Path, tmp_path: Path
) -> None:
    """Files in a drawn order over three nights, corrections before what they correct among them."""
    home, aside = tmp_path / "home", tmp_path / "aside"
    shutil.copytree(inbox_home, home)
    (home / "inbox").rename(aside)
    files = sorted(path.relative_to(aside) for path in aside.rglob("*") if path.is_file())
    drawn = random.Random(order)
    drawn.shuffle(files)
    # without agreements and a workforce there is nobody to publish
    workforce = next(path for path in files if path.parts[:2] == ("hr", "workers"))
    files.sort(key=lambda path: path.parts[0] != "governance" and path != workforce)
    first, second = sorted(drawn.sample(range(len(files) // 4, len(files) - 2), 2))
    hashes = []
    for batch in (files[:first], files[first:second], files[second:]):
        for path in batch:
            (home / "inbox" / path).parent.mkdir(parents=True, exist_ok=True)
            (aside / path).rename(home / "inbox" / path)
        warehouse.publish(home, LAST, "files are held back by the test")
        hashes.append(warehouse.table_hashes(warehouse.current(home)))
    assert len({str(found) for found in hashes}) == 3
    assert hashes[-1] == warehouse.table_hashes(warehouse.current(backfilled))


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
