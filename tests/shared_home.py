"""Homes that take minutes to prepare and that tests only read: built once a session, whatever the workers.

What a home holds is said where it is used; tests that change one copy it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_home(tmp_path_factory: pytest.TempPathFactory, name: str, prepare: Callable[[Path], None]) -> Path:
    """The home of that name, prepared by the first worker that asks while the others wait."""
    session = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        session = session.parent
    folder = session / f"shared-{name}"
    is_ready = session / f"shared-{name}.ready"
    with FileLock(session / f"shared-{name}.lock"):
        if not is_ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            prepare(folder / "home")
            is_ready.touch()
    return folder / "home"
