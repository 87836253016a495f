"""One run at a time: the kernel lock of a home, and the lock around the switch of the published generation.

What a run does while it holds them belongs elsewhere. DuckDB's own lock stands behind both.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestration import durable
from orchestration.errors import Busy, RunFailed
from orchestration.home import Home


@dataclass(frozen=True)
class RunLock:
    """Proof that this process holds the lock of a home for `run_id`.

    Hand `descriptor` to a subprocess that writes to work/ (`pass_fds`): then the lock is free only when that
    process is gone too, even if the run itself was killed.
    """

    run_id: str
    descriptor: int


_HELD: dict[Path, RunLock] = {}


@contextmanager
def run_lock(home: Home, run_id: str) -> Iterator[RunLock]:
    """Hold the lock of a home. Raises Busy at once if any other run holds it, naming it and since when.

    The kernel frees the lock when the process ends, however it ends. Not re-entrant.
    """
    with durable.disk_errors(f"Locking {home.root}"):
        home.root.mkdir(parents=True, exist_ok=True)
        descriptors: list[int] = []
        kernel_lock = FileLock(
            home.lock,
            timeout=0,
            mode=0o640,
            thread_local=False,
            # Where the kernel has no lock, fail: a lock file would outlive a killed run.
            fallback_to_soft=False,
            on_acquired=descriptors.append,
        )
        try:
            kernel_lock.acquire()
        except Timeout:
            raise Busy(_who_is_at_work(home)) from None
    try:
        held = RunLock(run_id=run_id, descriptor=descriptors[-1])
        _HELD[home.root.resolve()] = held
        _write_holder(home, run_id)
        yield held
    finally:
        _HELD.pop(home.root.resolve(), None)
        with suppress(OSError):  # who held it is told to people only; the kernel frees the lock itself
            _holder_file(home).unlink(missing_ok=True)
        kernel_lock.release()


def is_at_work(home: Home) -> bool:
    """Whether a run holds the lock of a home now; asks without waiting, and creates nothing."""
    try:
        descriptor = os.open(home.lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def require(home: Home) -> RunLock:
    """The lock this process holds on `home`; raises RunFailed if it holds none, or one whose file is gone:
    whoever removed it took this run for dead, and another may be at work.
    """
    held = _HELD.get(home.root.resolve())
    if held is None:
        raise RunFailed(
            f"{home.root} may be changed only while its run lock is held; start an `adoption` run."
        )
    if not _is_the_file(held.descriptor, home.lock):
        raise RunFailed(
            f"The lock {home.lock} was removed while run {held.run_id} held it, so another run may have been "
            "at work since. This one changes nothing more; run again."
        )
    return held


def _is_the_file(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


@contextmanager
def publication_lock(home: Home) -> Iterator[None]:
    """Hold the lock of published/ itself, from the check of what is in force to the switch.

    It stands on the directory, not on a lock file somebody might delete: a process that was paused inside it
    keeps every other one out, a process paused before it finds its base generation superseded. Raises Busy.
    """
    descriptor = os.open(home.published, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another process is switching the generation in {home.published}. "
                "Wait until it has finished, or end it if it was paused, then run again."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _holder_file(home: Home) -> Path:
    return home.lock.with_name(home.lock.name + ".json")


def _write_holder(home: Home, run_id: str) -> None:
    started_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    holder = {"run_id": run_id, "pid": os.getpid(), "started_at": started_at}
    with durable.disk_errors(f"Locking {home.root}"):
        durable.write_file(_holder_file(home), json.dumps(holder).encode(), 0o640)


def _who_is_at_work(home: Home) -> str:
    try:
        holder = json.loads(_holder_file(home).read_bytes())
        who = (
            f"Run {holder['run_id']} (process {holder['pid']}) has been at work since {holder['started_at']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        who = "Another run is at work"
    return f"{who} on {home.root}. Wait until it has finished, then run again."
