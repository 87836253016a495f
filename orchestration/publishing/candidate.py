"""work/candidate: the generation being built, started as a copy of files that are proven to be whole.

What is built into it belongs to the transformations; what becomes of it belongs to publication.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from orchestration import durable, fault_points, lock
from orchestration.errors import RunFailed
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.publishing import published, recovery

_FILE_MODE = 0o600


def start_candidate(home: Home) -> Path:
    """Wipe work/ and copy the files of the generation in force to work/candidate; the path of that.

    Empty when nothing is in force yet. Puts in order what a killed run left. Needs the run lock. Raises
    RunFailed if the lock is not held, if less than twice the size of the generation in force is free, or if
    that generation is damaged; Busy if another process is publishing.
    """
    lock.require(home)
    with durable.disk_errors("Starting a candidate"):
        recovery.make_directories(home)
        with lock.publication_lock(home):
            recovery.recover(home)
            durable.empty_directory(home.work)
            fault_points.reach("candidate.wiped")
            in_force = published.current(home)
            if in_force is None:
                durable.make_directory(home.candidate, recovery.PRIVATE_MODE)
            else:
                expected = {name: entry.sha256 for name, entry in in_force.files.items()}
                fill_candidate(home, published.directory_of(home, in_force.generation), expected)
            fault_points.reach("candidate.copied")
    return home.candidate


def fill_candidate(home: Home, source: Path, expected: Mapping[str, str]) -> None:
    """Copy the published files of `source` to a new work/candidate and compare the copies with their hashes.

    Raises RunFailed if space is short or a file of `source` is not what it was: a damaged base would
    otherwise be published again, under a fresh hash.
    """
    published.check_entries(source)
    _check_free_space(home, source)
    durable.make_directory(home.candidate, recovery.PRIVATE_MODE)
    for name in PUBLISHED_FILES:
        durable.copy_file(source / name, home.candidate / name, _FILE_MODE)
    hashes = published.file_hashes(home.candidate)
    for name in PUBLISHED_FILES:
        if hashes[name] != expected.get(name):
            raise RunFailed(
                f"{source / name} is not what it was when its hash was taken. If it is published, put "
                "another generation in force with `adoption rollback --to`; look at the disk."
            )


def _check_free_space(home: Home, source: Path) -> None:
    needed = 2 * sum((source / name).stat().st_size for name in PUBLISHED_FILES)
    free = shutil.disk_usage(home.work).free
    if free < needed:
        raise RunFailed(
            f"{home.work} has {_mebibytes(free)} free, and a run needs {_mebibytes(needed)} (twice the "
            f"size of {source}). Free space and run again."
        )


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
