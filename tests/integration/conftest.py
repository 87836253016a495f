"""Homes that several tests start from: each night that prepares one is run once, tests spoil copies of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration import company
from tests.shared_home import shared_home

FirstNight = tuple[Path, subprocess.CompletedProcess[str], str]


def run_first_night(home: Path) -> None:
    """What the night said and the pages of the week to come are kept beside the home."""
    company.make_sample(home, employees=60)
    late = company.take_claude_days(home, company.LATE_FROM, company.LATE_TO)
    night = company.adoption(home, "nightly", "--date", company.DAY.isoformat())
    said = {"night": [night.returncode, night.stdout, night.stderr], "late": late}
    home.with_name("first_night.json").write_text(json.dumps(said))


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> FirstNight:
    """A home after its first night, the night, and the pages of a week of Claude Code yet to come."""
    home = shared_home(tmp_path_factory, "first_night", run_first_night)
    said = json.loads(home.with_name("first_night.json").read_bytes())
    return home, subprocess.CompletedProcess("nightly", *said["night"]), said["late"]


@pytest.fixture(scope="session")
def base(first_night: FirstNight) -> Path:
    """The home after its first night; not to be changed."""
    home, night, _ = first_night
    assert night.returncode == 0, night.stderr
    return home


@pytest.fixture(scope="session")
def second_night(base: Path, first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after the late week arrived and a second night for the same date; not to be changed."""

    def run_second_night(home: Path) -> None:
        shutil.copytree(base, home, symlinks=True)
        company.put(home, company.LATE_FILE, first_night[2])
        company.succeed(home, "nightly", "--date", company.DAY.isoformat())

    return shared_home(tmp_path_factory, "second_night", run_second_night)


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    """A copy of the home after its first night, to be spoilt."""
    return Path(shutil.copytree(base, tmp_path / "home", symlinks=True))


@pytest.fixture
def late_home(second_night: Path, tmp_path: Path) -> Path:
    """A copy of the home after its second night, to be spoilt."""
    return Path(shutil.copytree(second_night, tmp_path / "home", symlinks=True))
