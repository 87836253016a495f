"""Absence is not inactivity: where days of a vendor are withheld, no firm tier differs from that of all data.

One home is built whole; copies of its inbox lack a vendor's files of some days, and are built from nothing.
Which completions low and high must cover is proved in tests/unit/test_oracle_range.py; here the warehouse
itself loses the files.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests import published, warehouse
from tests.golden.cutoffs import write_cutoffs
from tests.oracle.inbox import DATE, STAMP
from tests.oracle.person_days import TOOLS
from tests.oracle.truth import holds, read_truth
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 20), date(2026, 3, 30)
DAYS = frozenset(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
DRAW = Random(20260330)


@dataclass(frozen=True)
class Loss:
    """Vendors whose files of some days never arrive."""

    vendors: tuple[str, ...]
    days: frozenset[date]

    def __str__(self) -> str:
        return f"{'+'.join(self.vendors)}-{len(self.days)}"


def _drawn(*vendors: str, count: int) -> Loss:
    """Days of the four weeks that every policy still looks at, weekends among them."""
    window = [LAST - timedelta(days=3 + back) for back in range(26)]
    return Loss(vendors, frozenset(DRAW.sample(window, count)))


LOSSES = (
    _drawn("claude_code", count=1),
    _drawn("github_copilot", count=3),
    _drawn("chatgpt", count=5),
    _drawn("claude_code", "chatgpt", count=2),
    _drawn("github_copilot", "claude_code", count=5),
    Loss(
        ("chatgpt",), frozenset(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
    ),
)


def _deliver(home: Path) -> None:
    warehouse.sample(home, employees=300, first=FIRST, last=LAST, seed=23)
    write_cutoffs(home)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its inbox alone; not to be changed."""
    return shared_home(tmp_path_factory, "missing-feeds", _deliver)


@pytest.fixture(scope="session")
def whole(delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after one night with all data; not to be changed."""

    def build(home: Path) -> None:
        shutil.copytree(delivered, home)
        warehouse.publish(home, LAST, "a company of 300 varies more than the gate expects")

    return shared_home(tmp_path_factory, "missing-feeds-whole", build)


def _tiers(home: Path) -> published.Rows:
    with published.open_published(warehouse.current(home)) as connection:
        return published.tiers_on(connection, LAST)


def _ranks(home: Path) -> dict[tuple[str, int, str], int]:
    with published.open_published(warehouse.current(home)) as connection:
        return published.tier_ranks(connection)


def _withhold(home: Path, loss: Loss) -> int:
    """Remove every file of the vendors that holds one of the days; returns how many there were."""
    paths = [path for vendor in loss.vendors for path in (home / "inbox" / vendor).rglob("*.*")]
    gone = [path for path in paths if not loss.days.isdisjoint(_days_of(path.name))]
    for path in gone:
        path.unlink()
    return len(gone)


def _days_of(name: str) -> Iterator[date]:
    """The dates that a file name states; a range of two holds both of them."""
    for text in re.findall(DATE, STAMP.sub("", name)):
        yield date.fromisoformat(text)


def _users_without_a_grant(home: Path) -> set[str]:
    truth = read_truth(home / "sample_truth")
    grants = {
        person.employee_id: [
            (tool, span) for tool, status, span in person.entitlements if status == "granted"
        ]
        for person in truth.people
    }
    return {
        employee_id
        for employee_id, tool, day in truth.usage
        if not any(tool == granted and holds(span, day) for granted, span in grants[employee_id])
    }


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_no_firm_tier_differs_and_every_range_holds_the_tier_with_all_data(
    loss: Loss, delivered: Path, whole: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(delivered, home)
    assert _withhold(home, loss) >= len(loss.days) // 2
    warehouse.publish(home, LAST, "files are withheld by the test")
    truth, found, ranks = _tiers(whole), _tiers(home), _ranks(whole)
    assert set(loss.vendors) < set(TOOLS)
    assert truth.keys() == found.keys()
    ungranted = _users_without_a_grant(whole)
    assert ungranted
    wrong = []
    widened = still_firm = 0
    for key, true in truth.items():
        if key[3] in ungranted:
            continue
        row = found[key]
        if true["tier_code"] == "not_rated":
            if row != true:
                wrong.append((key, true, row))
            continue
        ends = ("tier_low_code", "tier_high_code")
        low, high = (ranks[*key[:2], row[end]] for end in ends)
        true_low, true_high = (ranks[*key[:2], true[end]] for end in ends)
        # With all data a firm tier is both of its ends; where even that is not firm, the range is no smaller.
        if not low <= true_low <= true_high <= high:
            wrong.append((key, true, row))
        if row["is_firm"] and row["tier_code"] != true["tier_code"]:
            wrong.append((key, true, row))
        widened += (low, high) != (true_low, true_high)
        still_firm += bool(row["is_firm"])
    assert wrong == []
    assert widened > 0
    assert still_firm > 0
