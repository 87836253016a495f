"""Homes that several tests start from: each night that prepares one is run once, tests spoil copies of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration import company


@pytest.fixture(scope="session")
def first_night(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str], str]:
    """A home after its first night, the night, and the pages of a week of Claude Code yet to come."""
    home = tmp_path_factory.mktemp("company") / "home"
    company.make_sample(home, employees=60)
    late = company.take_claude_days(home, company.LATE_FROM, company.LATE_TO)
    return home, company.adoption(home, "nightly", "--date", company.DAY.isoformat()), late


@pytest.fixture(scope="session")
def base(first_night: tuple[Path, subprocess.CompletedProcess[str], str]) -> Path:
    """The home after its first night; not to be changed."""
    home, night, _ = first_night
    assert night.returncode == 0, night.stderr
    return home


@pytest.fixture(scope="session")
def second_night(
    base: Path,
    first_night: tuple[Path, subprocess.CompletedProcess[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The home after the late week arrived and a second night for the same date; not to be changed."""
    home = Path(shutil.copytree(base, tmp_path_factory.mktemp("late") / "home", symlinks=True))
    company.put(home, company.LATE_FILE, first_night[2])
    company.succeed(home, "nightly", "--date", company.DAY.isoformat())
    return home


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    """A copy of the home after its first night, to be spoilt."""
    return Path(shutil.copytree(base, tmp_path / "home", symlinks=True))


@pytest.fixture
def late_home(second_night: Path, tmp_path: Path) -> Path:
    """A copy of the home after its second night, to be spoilt."""
    return Path(shutil.copytree(second_night, tmp_path / "home", symlinks=True))
