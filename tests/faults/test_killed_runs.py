"""A run killed anywhere leaves the published generation as it was or whole, and the next run succeeds.

The kills before the switch follow each other in one home: that the next run reaches the next point shows that
it got past the last one by itself. Each point of publishing is left alone in test_publish_faults.py, so whole
nights are killed at its first and last ones only, and at all in `make soak` (ADOPTION_TEST_KILLED_NIGHTS).
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
from tests.faults.readers import readers

POINTS_OF_A_NIGHT = [name for name in fault_points.NAMES if not name.startswith(("hold.", "rollback."))]
PUBLISHING = (
    "publish.after_manifest",
    "publish.after_rename",
    "publish.after_current_json",
    "publish.after_prune",
)
SEED = int(os.environ.get("ADOPTION_TEST_SEED", "20260330"))
KILLS_AT_RANDOM = int(os.environ.get("ADOPTION_TEST_KILLED_NIGHTS", "4"))
KILLED_POINTS = [name for name in POINTS_OF_A_NIGHT if KILLS_AT_RANDOM > 4 or name not in PUBLISHING]
SWITCH = KILLED_POINTS.index("publish.after_symlink")
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
    for point in KILLED_POINTS[:SWITCH]:
        kill_at(night_home, point)
        assert warehouse.file_hashes(warehouse.current(night_home)) == before, point
    assert_recovers(night_home, undisturbed)


def test_runs_killed_at_each_point_from_the_switch_on_have_published(
    night_home: Path, undisturbed: Undisturbed
) -> None:
    for point in KILLED_POINTS[SWITCH:]:
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


def test_runs_killed_at_random_times_show_readers_no_mix(night_home: Path, undisturbed: Undisturbed) -> None:
    draw = random.Random(SEED)
    with readers(Home(night_home), 4, query="night", pause=0.5) as seen:
        kills = [
            kill_after(night_home, draw.uniform(0.1, 0.9) * undisturbed.seconds)
            for _ in range(KILLS_AT_RANDOM)
        ]
        assert any(kills)
        assert_recovers(night_home, undisturbed)
    assert (seen.errors, seen.mixed) == ([], 0)
    assert seen.reads > len(kills)
