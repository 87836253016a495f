"""What the tests of faults share: the process that makes changes, and homes in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.home import Home
from tests.faults.change_process import ChangeProcess, change_process

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
