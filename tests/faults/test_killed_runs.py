"""A run killed anywhere leaves the published generation as it was or whole, and the next run succeeds.

The kills before the switch follow each other in one home: that the next run reaches the next point shows that
it got past the last one by itself. Each point of publishing is left alone in test_publish_faults.py.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from orchestration import fault_points
from orchestration.home import Home
from orchestration.publishing import generation
from tests import warehouse
from tests.shared_home import shared_home

FIRST, BEFORE, LAST = date(2026, 2, 20), date(2026, 3, 11), date(2026, 3, 12)
POINTS_OF_A_NIGHT = [name for name in fault_points.NAMES if not name.startswith(("hold.", "rollback."))]
SWITCH = POINTS_OF_A_NIGHT.index("publish.after_symlink")
SEED = 20260330
KILLS_AT_RANDOM = 4
NIGHT = ("nightly", "--date", LAST.isoformat())
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Undisturbed:
    """What a night that nobody killed left, and how long it took."""

    tables: dict[str, str]
    seconds: float


def publish_all_but_the_last_day(home: Path) -> None:
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


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published generation; the last day's deliveries are in the inbox and not yet landed."""
    return shared_home(tmp_path_factory, "killed", publish_all_but_the_last_day)


@pytest.fixture(scope="session")
def undisturbed(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    def run_a_night(home: Path) -> None:
        shutil.copytree(base, home, symlinks=True)
        start = time.monotonic()
        warehouse.succeed(home, *NIGHT)
        home.with_name("seconds").write_text(str(time.monotonic() - start))

    home = shared_home(tmp_path_factory, "undisturbed", run_a_night)
    tables = warehouse.table_hashes(warehouse.current(home))
    return Undisturbed(tables, float(home.with_name("seconds").read_text()))


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "home", symlinks=True))


def assert_whole(home: Path) -> None:
    """Whatever is in force is a generation whose every byte is as its manifest says."""
    generation.verify(warehouse.current(home))
    assert generation.current(Home(home)) is not None


def assert_recovers(home: Path, undisturbed: Undisturbed) -> None:
    warehouse.succeed(home, *NIGHT)
    assert_whole(home)
    assert warehouse.table_hashes(warehouse.current(home)) == undisturbed.tables


def kill_at(home: Path, point: str) -> None:
    killed = warehouse.adoption(home, *NIGHT, environment={fault_points.VARIABLE: point})
    assert killed.returncode == -signal.SIGKILL, f"{point}: {killed.stderr}"
    assert_whole(home)


def test_runs_killed_at_each_point_before_the_switch_change_nothing_for_readers(
    home: Path, undisturbed: Undisturbed
) -> None:
    before = warehouse.file_hashes(warehouse.current(home))
    for point in POINTS_OF_A_NIGHT[:SWITCH]:
        kill_at(home, point)
        assert warehouse.file_hashes(warehouse.current(home)) == before, point
    assert_recovers(home, undisturbed)


def test_runs_killed_at_each_point_from_the_switch_on_have_published(
    home: Path, undisturbed: Undisturbed
) -> None:
    for point in POINTS_OF_A_NIGHT[SWITCH:]:
        before = warehouse.file_hashes(warehouse.current(home))
        kill_at(home, point)
        assert warehouse.file_hashes(warehouse.current(home)) != before, point
        assert_recovers(home, undisturbed)
        warehouse.succeed(home, "rollback", "--to", "1")  # its deliveries are pending again


def kill_after(home: Path, seconds: float) -> bool:
    """Kill a run and all its processes when it has taken so long; whether it had not ended before."""
    run = subprocess.Popen(
        [*warehouse.COMMAND, *NIGHT, "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert_whole(home)
    return run.returncode == -signal.SIGKILL


def test_runs_killed_at_random_times_tear_nothing(home: Path, undisturbed: Undisturbed) -> None:
    draw = random.Random(SEED)
    kills = [kill_after(home, draw.uniform(0.1, 0.9) * undisturbed.seconds) for _ in range(KILLS_AT_RANDOM)]
    assert any(kills)
    assert_recovers(home, undisturbed)
