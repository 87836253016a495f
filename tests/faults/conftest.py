"""What tests of faults share: the process that makes changes, homes in memory, and a home before a night."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from orchestration.home import Home
from tests import warehouse
from tests.faults.change_process import ChangeProcess, change_process
from tests.shared_home import shared_home

FIRST, BEFORE, LAST = date(2026, 2, 20), date(2026, 3, 11), date(2026, 3, 12)
NIGHT = ("nightly", "--date", LAST.isoformat())

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def changes() -> Iterator[ChangeProcess]:
    with change_process() as process:
        yield process


@pytest.fixture
def home() -> Iterator[Home]:
    """A home in memory: processes are killed here, not the machine, so a disk would only be slower."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Home(Path(folder) / "home")


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
def undisturbed_home(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after a night that nobody killed; not to be changed."""

    def run_a_night(home: Path) -> None:
        shutil.copytree(base, home, symlinks=True)
        start = time.monotonic()
        warehouse.succeed(home, *NIGHT)
        home.with_name("seconds").write_text(str(time.monotonic() - start))

    return shared_home(tmp_path_factory, "undisturbed", run_a_night)


@pytest.fixture(scope="session")
def undisturbed(undisturbed_home: Path) -> Undisturbed:
    tables = warehouse.table_hashes(warehouse.current(undisturbed_home))
    return Undisturbed(tables, float(undisturbed_home.with_name("seconds").read_text()))


@pytest.fixture
def night_home(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "home", symlinks=True))
