"""Night after night leaves nothing behind: no file, no memory, no disk beyond the kept generations.

ADOPTION_TEST_SOAK_NIGHTS sets how many nights follow the first (`make soak` runs 30). Deliveries and what is
landed of them grow by design; they are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration import company
from tests.integration.company import DAY

NIGHTS = int(os.environ.get("ADOPTION_TEST_SOAK_NIGHTS", "2"))
KEPT = 2
KEPT_RUNS = 1
NUMBER = re.compile(r"gen-\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GROWING = ("inbox", "landing", "sample_truth")
# Beyond the generations themselves, and of the second night's memory.
SLACK = 1.1
pytestmark = pytest.mark.slow


def run_a_night(home: Path, day: str, temporary: Path) -> int:
    """The peak resident size of the night and of the largest of its processes, KiB."""
    with subprocess.Popen(
        company.command(home, "nightly", "--date", day),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=company.environment() | {"TMPDIR": str(temporary)},
    ) as night:
        assert night.stderr is not None
        said = night.stderr.read()
        _, status, used = os.wait4(night.pid, 0)
        night.returncode = os.waitstatus_to_exitcode(status)
    assert night.returncode == 0, said
    return used.ru_maxrss


def files(home: Path) -> set[str]:
    """Every file of the home but those that grow by design, whatever the number of its generation or run."""
    return {
        re.sub(
            r"gen-\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "number", path.relative_to(home).as_posix()
        )
        for path in home.rglob("*")
        if path.relative_to(home).parts[0] not in GROWING and (path.is_file() or path.is_symlink())
    }


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_nights_leave_no_file_no_memory_and_no_disk_behind(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    first = DAY - timedelta(days=NIGHTS)
    company.make_sample(home, employees=40, first=first - timedelta(days=20))
    settings = home / "adoption.toml"
    settings.write_text(f"kept_generations = {KEPT}\nkept_runs = {KEPT_RUNS}\n" + settings.read_text())
    peaks, seen, histories = [], [], []
    for night in range(NIGHTS + 1):
        peaks.append(run_a_night(home, (first + timedelta(days=night)).isoformat(), temporary))
        seen.append(files(home))
        assert list(temporary.iterdir()) == []
        generations = sorted((home / "published").glob("gen-*"))
        assert [path.name for path in generations] == [
            f"gen-{number:06}" for number in range(max(1, night + 2 - KEPT), night + 2)
        ]
        histories.append(size(home / "dagster"))
        # the run at work is not among those that it counts
        assert len(list((home / "dagster/history/runs").glob("*-*.db"))) <= KEPT_RUNS + 1
        assert size(home / "published") <= SLACK * len(generations) * size(generations[-1])
    assert all(found == seen[1] for found in seen[1:])
    assert max(peaks[1:]) <= SLACK * peaks[1]
    # as many runs are remembered from the second night on
    assert max(histories[1:]) <= SLACK * histories[1]
