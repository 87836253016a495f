"""Tells a failure for want of space from any other, whoever met it first: DuckDB, SQLite, dbt or Python.

Whether a run has space enough to start is decided where its candidate is begun.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestration.home import Home

# DuckDB and SQLite say so in their texts alone.
_SAID = (os.strerror(errno.ENOSPC).lower(), os.strerror(errno.EDQUOT).lower(), "disk is full")
# Too little for a block of DuckDB and what is logged about it: a disk with less has stopped whatever failed.
_NOTHING_LEFT = 1 << 20


def explain(home: Home, doing: str, error: BaseException | None = None) -> str | None:
    """What to say first where a disk of the home is full; None where the failure was another.

    It is full if the error, or one it came from, says so, or if next to nothing is free. Named is the folder
    with the least free space; files at fault can be gone by now, and names of files can name people.
    """
    folder, free = min(((folder, _free(folder)) for folder in _folders(home)), key=lambda found: found[1])
    if free >= _NOTHING_LEFT and not any(map(_says_so, _chain(error))):
        return None
    return (
        f"{doing} stopped because the disk of {folder} is full ({free / 2**20:,.1f} MiB free). Free space "
        "there and run again."
    )


def _folders(home: Home) -> Iterator[Path]:
    for folder in (home.work, home.published, home.dagster, home.landing, home.pulled, home.root):
        if folder.is_dir():
            yield folder


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(said in str(error).lower() for said in _SAID)
