"""The home that the golden tests share: 1,000 made-up people over 200 days, published in one night."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.home import Home
from tests import warehouse
from tests.golden.cutoffs import write_cutoffs
from tests.shared_home import shared_home

FIRST, LAST = date(2025, 9, 12), date(2026, 3, 30)


def publish_truth(home: Path) -> None:
    """A sample company with given cut-offs, and its one night."""
    warehouse.sample(home, employees=1000, first=FIRST, last=LAST, seed=11)
    write_cutoffs(home)
    warehouse.succeed(home, "nightly", "--date", LAST.isoformat())


@pytest.fixture(scope="session")
def truth_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published once per session; tests only read it."""
    return shared_home(tmp_path_factory, "truth", publish_truth)


@pytest.fixture
def candidate_home(truth_home: Path, tmp_path: Path) -> Home:
    """A copy of the end of that night: what dbt left, and the published files as a candidate."""
    home = Home(tmp_path)
    warehouse.copy_as_candidate(truth_home, home)
    return home
