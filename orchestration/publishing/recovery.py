"""Bringing published/ and held/ in order after a kill, at the start of whatever changes them next.

Nothing here decides what is in force: the symlink does, and everything else is brought in line with it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from orchestration import durable
from orchestration.errors import RunFailed
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.publishing import held, manifest, publication_log, published

PRIVATE_MODE = 0o700
PUBLISHED_MODE = 0o750


def make_directories(home: Home) -> None:
    """Create work/, held/ and published/ with their modes; refuse where a rename cannot be atomic."""
    durable.make_directory(home.work, PRIVATE_MODE)
    durable.make_directory(home.held, PRIVATE_MODE)
    durable.make_directory(home.published, PUBLISHED_MODE)
    device = home.work.stat().st_dev
    for directory in (home.held, home.published):
        if directory.stat().st_dev != device:
            raise RunFailed(
                f"{home.work} and {directory} lie on different file systems, where a generation cannot be "
                "switched in one step. Put both on the same one."
            )


def recover(home: Home) -> None:
    """Complete or undo what a killed process left in published/ and held/. Idempotent.

    Needs the publication lock. Removes temporary names and generations that never were in force, adds the log
    line and the current.json of a switch that was done, removes superseded holds. Raises RunFailed if
    something there is damaged in a way no kill leaves it.
    """
    durable.remove_leftovers(home.published)
    durable.remove_leftovers(home.held)
    number = published.linked_number(home)
    if number is not None and published.directory_of(home, number).is_dir():
        _complete_log(home, number)
        write_current_json(home, number)
    for unpublished in published.never_in_force(home):
        publication_log.append(home, unpublished, "discarded", datetime.now(UTC))
        durable.remove_tree(published.directory_of(home, unpublished))
    held.remove_superseded(home)


def _complete_log(home: Home, number: int) -> None:
    if publication_log.last_in_force(home) == number:
        return
    what: publication_log.What = "published"
    if number in publication_log.ever_in_force(home):
        what = "rolled_back"
    elif manifest.read(published.directory_of(home, number)).release is not None:
        what = "released"
    switched_at = datetime.fromtimestamp(home.current.lstat().st_mtime, UTC)
    publication_log.append(home, number, what, switched_at)


def write_current_json(home: Home, number: int) -> None:
    """Let `current.json` name the generation in force, for hosts without symlinks; untouched if it does."""
    directory = published.directory_of(home, number)
    content = {
        "generation": number,
        "directory": directory.name,
        "files": list(PUBLISHED_FILES),
    }
    rendered = (json.dumps(content, indent=2) + "\n").encode()
    path = home.published / "current.json"
    if not path.exists() or path.read_bytes() != rendered:
        durable.write_file(path, rendered, 0o640)
