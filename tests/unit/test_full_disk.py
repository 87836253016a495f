"""Want of space is told from other failures in whatever words it comes; full disks are in tests/faults."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import duckdb
import pytest

from orchestration import full_disk
from orchestration.home import Home

WANTS_SPACE = (
    OSError(errno.ENOSPC, "whatever the words"),
    OSError(errno.EDQUOT, "whatever the words"),
    sqlite3.OperationalError("database or disk is full"),
    duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
)


@pytest.mark.parametrize("error", WANTS_SPACE, ids=lambda error: type(error).__name__)
def test_want_of_space_is_known_behind_other_errors_and_the_folder_named(
    tmp_path: Path, error: Exception
) -> None:
    wrapped = RuntimeError("step failed")
    wrapped.__cause__ = error
    said = str(full_disk.explain(Home(tmp_path), "The stage dbt", wrapped))
    assert said.startswith(f"The stage dbt stopped because the disk of {tmp_path} is full (")
    assert "whatever" not in said


@pytest.mark.parametrize("error", [None, OSError(errno.EACCES, "refused"), ValueError("wrong")])
def test_any_other_failure_stays_what_it_is(tmp_path: Path, error: Exception | None) -> None:
    assert full_disk.explain(Home(tmp_path), "The stage dbt", error) is None
