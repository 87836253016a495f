"""A run killed anywhere leaves the published generation as it was or whole, and the next run succeeds.

The kills before the switch follow each other in one home: that the next run reaches the next point shows that
it got past the last one by itself. Each point of publishing is left alone in test_publish_faults.py.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from orchestration import fault_points
from orchestration.home import Home
from orchestration.publishing import generation
from tests import warehouse
from tests.faults.conftest import NIGHT, Undisturbed

POINTS_OF_A_NIGHT = [name for name in fault_points.NAMES if not name.startswith(("hold.", "rollback."))]
SWITCH = POINTS_OF_A_NIGHT.index("publish.after_symlink")
SEED = 20260330
KILLS_AT_RANDOM = 4
pytestmark = pytest.mark.slow


def assert_whole(night_home: Path) -> None:
    """Whatever is in force is a generation whose every byte is as its manifest says."""
    generation.verify(warehouse.current(night_home))
    assert generation.current(Home(night_home)) is not None


def assert_recovers(night_home: Path, undisturbed: Undisturbed) -> None:
    warehouse.succeed(night_home, *NIGHT)
    assert_whole(night_home)
    assert warehouse.table_hashes(warehouse.current(night_home)) == undisturbed.tables


def kill_at(night_home: Path, point: str) -> None:
    killed = warehouse.adoption(night_home, *NIGHT, environment={fault_points.VARIABLE: point})
    assert killed.returncode == -signal.SIGKILL, f"{point}: {killed.stderr}"
    assert_whole(night_home)


def test_runs_killed_at_each_point_before_the_switch_change_nothing_for_readers(
    night_home: Path, undisturbed: Undisturbed
) -> None:
    before = warehouse.file_hashes(warehouse.current(night_home))
    for point in POINTS_OF_A_NIGHT[:SWITCH]:
        kill_at(night_home, point)
        assert warehouse.file_hashes(warehouse.current(night_home)) == before, point
    assert_recovers(night_home, undisturbed)


def test_runs_killed_at_each_point_from_the_switch_on_have_published(
    night_home: Path, undisturbed: Undisturbed
) -> None:
    for point in POINTS_OF_A_NIGHT[SWITCH:]:
        before = warehouse.file_hashes(warehouse.current(night_home))
        kill_at(night_home, point)
        assert warehouse.file_hashes(warehouse.current(night_home)) != before, point
        assert_recovers(night_home, undisturbed)
        warehouse.succeed(night_home, "rollback", "--to", "1")  # its deliveries are pending again


def kill_after(night_home: Path, seconds: float) -> bool:
    """Kill a run and all its processes when it has taken so long; whether it had not ended before."""
    run = subprocess.Popen(
        [*warehouse.COMMAND, *NIGHT, "--home", str(night_home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert_whole(night_home)
    return run.returncode == -signal.SIGKILL


def test_runs_killed_at_random_times_tear_nothing(night_home: Path, undisturbed: Undisturbed) -> None:
    draw = random.Random(SEED)
    kills = [
        kill_after(night_home, draw.uniform(0.1, 0.9) * undisturbed.seconds) for _ in range(KILLS_AT_RANDOM)
    ]
    assert any(kills)
    assert_recovers(night_home, undisturbed)
