"""What lies in published/: the generations, the one in force, and whether their bytes are the published ones.

Reading only. What changes published/ belongs to publication.py, rollback.py and recovery.py.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from orchestration import durable
from orchestration.errors import NotPublishable, RunFailed
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.publishing import manifest, publication_log
from orchestration.publishing.manifest import Manifest

_NAME = re.compile(r"gen-(\d{6,})")


def directory_of(home: Home, number: int) -> Path:
    """The directory of a generation, whether or not it exists."""
    return home.published / f"gen-{number:06d}"


def numbers(home: Home) -> list[int]:
    """The numbers of all generation directories, ascending, never-in-force ones included."""
    if not home.published.is_dir():
        return []
    matches = (_NAME.fullmatch(entry.name) for entry in home.published.iterdir() if entry.is_dir())
    return sorted(int(match[1]) for match in matches if match)


def linked_number(home: Home) -> int | None:
    """The generation `current` points to, whether or not that exists; None without a `current`.

    Raises RunFailed if `current` is no link to a generation.
    """
    if not home.current.is_symlink():
        if home.current.exists():
            raise RunFailed(f"{home.current} is no symlink; move it away, then run `adoption rollback --to`.")
        return None
    target = home.current.readlink()
    match = _NAME.fullmatch(target.name)
    if match is None or target.parent != Path():
        raise RunFailed(
            f"{home.current} points to no generation; remove it, then run `adoption rollback --to`."
        )
    return int(match[1])


def number_in_force(home: Home) -> int | None:
    """The generation readers see; None before the first publication.

    Raises RunFailed if `current` points to nothing, or is gone though a generation was in force.
    """
    number = linked_number(home)
    if number is None and (lost := publication_log.last_in_force(home)) is not None:
        raise RunFailed(
            f"{home.current} is missing though generation {lost} was in force. "
            f"Put it back with `adoption rollback --to {lost}`."
        )
    if number is not None and not directory_of(home, number).is_dir():
        raise RunFailed(
            f"{home.current} points to generation {number}, which does not exist. "
            f"Put one in force with `adoption rollback --to` ({named(kept_numbers(home))} are kept)."
        )
    return number


def current(home: Home) -> Manifest | None:
    """The manifest of the generation in force, `current` resolved once; None before the first publication.

    Raises RunFailed if `current` points to nothing or the manifest is missing or damaged.
    """
    number = number_in_force(home)
    return None if number is None else manifest.read(directory_of(home, number))


def never_in_force(home: Home) -> list[int]:
    """Generations that a killed publication renamed into published/ and never switched to.

    Only numbers above every one that was ever in force: a publication always takes the next number, and
    with a lost log no generation that readers may have seen is taken for one of these.
    """
    was_in_force = publication_log.ever_in_force(home) | {linked_number(home) or 0}
    return [number for number in numbers(home) if number > max(was_in_force)]


def kept_numbers(home: Home) -> list[int]:
    """The generations that can be put in force, ascending."""
    unpublished = set(never_in_force(home))
    return [number for number in numbers(home) if number not in unpublished]


def kept(home: Home) -> list[Manifest]:
    """The manifests of all generations that can be put in force, ascending; RunFailed on a damaged one."""
    return [manifest.read(directory_of(home, number)) for number in kept_numbers(home)]


def next_number(home: Home) -> int:
    """A number no generation ever had, discarded ones included."""
    return max({0, linked_number(home) or 0, *numbers(home), *publication_log.ever_used(home)}) + 1


def named(generations: list[int]) -> str:
    """The generations as a list for a message."""
    return ", ".join(str(number) for number in generations) or "none"


def file_hashes(directory: Path) -> dict[str, str]:
    """SHA-256 in hex of each published file in a directory, by name.

    Raises NotPublishable if a published file is missing, a `.wal` lies beside, or anything else does, and
    RunFailed where the disk cannot be read.
    """
    with durable.disk_errors(f"Reading {directory}"):
        check_entries(directory)
        return {name: _sha256(directory / name) for name in PUBLISHED_FILES}


def check_entries(directory: Path) -> None:
    """Raise NotPublishable unless the directory is one itself, no link to one, and holds the published files,
    maybe a manifest, and no more.
    """
    if directory.is_symlink():
        raise NotPublishable(f"{directory} is a link; remove it and run `adoption nightly` again.")
    entries = {entry.name: entry for entry in directory.iterdir()} if directory.is_dir() else {}
    for name in sorted(entries):
        if name.endswith(".wal"):
            raise NotPublishable(
                f"{directory / name} lies beside its database: that was not closed, or somebody else is "
                "writing to it. Close every connection and run again."
            )
        if name not in (*PUBLISHED_FILES, manifest.MANIFEST_FILE):
            raise NotPublishable(
                f"{directory / name} does not belong into a generation; remove it and run again."
            )
    for name in PUBLISHED_FILES:
        if name not in entries:
            raise NotPublishable(f"{directory / name} is missing; run `adoption nightly` again.")
        if entries[name].is_symlink() or not entries[name].is_file():
            raise NotPublishable(f"{directory / name} is no regular file; run `adoption nightly` again.")


def verify(directory: Path) -> Manifest:
    """Recompute the hash of every file of a generation; its manifest if all are as published.

    Raises RunFailed naming the file that is missing, differs, or does not belong there.
    """
    found = manifest.read(directory)
    hashes = file_hashes(directory)
    for name, entry in sorted(found.files.items()):
        if hashes.get(name) != entry.sha256:
            raise RunFailed(
                f"{directory / name} is not what was published: its SHA-256 differs from the manifest. "
                "Put another generation in force with `adoption rollback --to`, and look at the disk."
            )
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
