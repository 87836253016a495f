"""Putting a kept generation back in force.

How a generation comes into being belongs to publication.py.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration import durable, fault_points, lock
from orchestration.errors import WrongUse
from orchestration.home import Home
from orchestration.publishing import publication_log, published, recovery
from orchestration.publishing.manifest import Manifest


def rollback(home: Home, to: int | None = None) -> Manifest:
    """Put generation `to` in force, its bytes verified first; its manifest.

    None means the one that was in force before the current one was published, so that each rollback goes one
    further back. Needs the run lock. Raises WrongUse, naming the kept ones, if it is not kept or in force
    already, RunFailed if its bytes are not those published; then readers stay where they were.
    """
    lock.require(home)
    with durable.disk_errors("Rolling back"):
        recovery.make_directories(home)
        with lock.publication_lock(home):
            recovery.recover(home)
            number = _target(home, to)
            found = published.verify(published.directory_of(home, number))
            durable.point_symlink(home.current, published.directory_of(home, number).name)
            fault_points.reach("rollback.after_symlink")
            recovery.write_current_json(home, number)
            publication_log.append(home, number, "rolled_back", datetime.now(UTC))
            return found


def _target(home: Home, to: int | None) -> int:
    kept = published.kept_numbers(home)
    if to is None:
        in_force = published.current(home)
        to = in_force.previous_generation if in_force else None
        if to is None:
            raise WrongUse(
                "There is no generation before the one in force, so there is nothing to roll back to."
            )
    if to not in kept:
        raise WrongUse(f"Generation {to} is not kept. Choose one of {published.named(kept)} with `--to`.")
    if to == published.linked_number(home) and published.directory_of(home, to).is_dir():
        raise WrongUse(f"Generation {to} is in force already. Kept are {published.named(kept)}.")
    return to
