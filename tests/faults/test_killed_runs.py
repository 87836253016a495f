"""A run killed anywhere leaves the published generation as it was or whole, and the next run succeeds."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from orchestration import fault_points
from orchestration.home import Home
from orchestration.publishing import generation
from tests import warehouse

FIRST, BEFORE, LAST = date(2026, 2, 20), date(2026, 3, 11), date(2026, 3, 12)
POINTS_OF_A_NIGHT = [name for name in fault_points.NAMES if not name.startswith(("hold.", "rollback."))]
SEED = 20260330
KILLS_AT_RANDOM = 4
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published generation; the last day's deliveries are in the inbox and not yet landed."""
    home = tmp_path_factory.mktemp("killed") / "home"
    warehouse.sample(home, employees=120, first=FIRST, last=LAST, seed=5)
    late = [path for path in (home / "inbox").rglob("*") if path.is_file() and LAST.isoformat() in path.name]
    assert late
    aside = home / "aside"
    for path in late:
        target = aside / path.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    warehouse.succeed(home, "nightly", "--date", BEFORE.isoformat())
    for path in late:
        (aside / path.relative_to(home)).rename(path)
    return home


@pytest.fixture(scope="module")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(base, home, symlinks=True)
    warehouse.succeed(home, "nightly", "--date", LAST.isoformat())
    return warehouse.table_hashes(warehouse.current(home))


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    target = tmp_path / "home"
    shutil.copytree(base, target, symlinks=True)
    return target


def assert_whole(home: Path) -> None:
    """Whatever is in force is a generation whose every byte is as its manifest says."""
    generation.verify(warehouse.current(home))
    assert generation.current(Home(home)) is not None


def assert_recovers(home: Path, undisturbed: dict[str, str]) -> None:
    warehouse.succeed(home, "nightly", "--date", LAST.isoformat())
    assert_whole(home)
    assert warehouse.table_hashes(warehouse.current(home)) == undisturbed


@pytest.mark.parametrize("point", POINTS_OF_A_NIGHT)
def test_a_run_killed_at_a_named_point_tears_nothing(
    home: Path, undisturbed: dict[str, str], point: str
) -> None:
    before = warehouse.file_hashes(warehouse.current(home))
    killed = warehouse.adoption(
        home, "nightly", "--date", LAST.isoformat(), environment={fault_points.VARIABLE: point}
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert_whole(home)
    after = warehouse.file_hashes(warehouse.current(home))
    is_after_switch = POINTS_OF_A_NIGHT.index(point) >= POINTS_OF_A_NIGHT.index("publish.after_symlink")
    assert (after != before) == is_after_switch
    assert_recovers(home, undisturbed)


@pytest.mark.parametrize("number", range(KILLS_AT_RANDOM))
def test_a_run_killed_at_a_random_time_tears_nothing(
    home: Path, undisturbed: dict[str, str], number: int
) -> None:
    delay = random.Random(SEED + number).uniform(1, 15)
    process = subprocess.Popen(
        [
            *warehouse.COMMAND,
            "nightly",
            "--date",
            LAST.isoformat(),
            "--home",
            str(home),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert_whole(home)
    deadline = time.monotonic() + 30
    while warehouse.adoption(home, "versions").returncode == 4 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert_recovers(home, undisturbed)
