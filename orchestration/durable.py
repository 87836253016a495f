"""Writes, copies and renames that survive a kill or a power cut: fsync of files and of their directories.

Only how bytes reach the disk belongs here; what is written, and when, belongs to the callers.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.errors import RunFailed

TEMPORARY_PREFIX = ".new-"
REMOVED_PREFIX = ".removed-"


@contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Turn an OSError into RunFailed that says what was being done, on which file, and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" at {error.filename}" if error.filename else ""
        raise RunFailed(
            f"{doing} failed{where}: {reason}. Free space or correct the permissions, then run again."
        ) from error


def make_directory(path: Path, mode: int) -> None:
    """Create a directory if it is missing, and give it exactly `mode` whatever the umask."""
    if not path.is_dir():
        path.mkdir(parents=True)
        sync_directory(path.parent)
    path.chmod(mode)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Replace `path` by `content` in one step: readers see the old file or the new one, whole."""
    temporary = path.with_name(TEMPORARY_PREFIX + path.name)
    temporary.unlink(missing_ok=True)
    _write_exclusively(temporary, content, mode)
    temporary.replace(path)
    sync_directory(path.parent)


def create_file(path: Path, content: bytes, mode: int) -> None:
    """Create `path` whole or not at all; raises FileExistsError if it exists, and never overwrites it."""
    temporary = path.with_name(TEMPORARY_PREFIX + path.name)
    temporary.unlink(missing_ok=True)
    _write_exclusively(temporary, content, mode)
    try:
        path.hardlink_to(temporary)
    finally:
        temporary.unlink()
    sync_directory(path.parent)


def _write_exclusively(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def append_line(path: Path, line: str, mode: int) -> None:
    """Append one line and fsync it; an unfinished last line, left by a kill, is cut off first."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    with os.fdopen(descriptor, "r+b") as file:
        os.fchmod(descriptor, mode)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.seek(0, os.SEEK_END)
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(descriptor)
    if is_new:
        sync_directory(path.parent)


def copy_file(source: Path, target: Path, mode: int) -> None:
    """Copy bytes, sharing blocks where the file system can (reflink); `target` must not exist."""
    with source.open("rb") as reader, target.open("xb") as writer:
        os.fchmod(writer.fileno(), mode)
        try:
            while os.copy_file_range(reader.fileno(), writer.fileno(), 1 << 30):
                pass
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            reader.seek(0)
            os.ftruncate(writer.fileno(), 0)
            os.lseek(writer.fileno(), 0, os.SEEK_SET)
            shutil.copyfileobj(reader, writer, 1 << 20)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    _sync(path)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    _sync(path)


def sync_tree(path: Path) -> None:
    """Make every file and directory below `path`, and `path` itself, durable."""
    for directory, _, names in os.walk(path, topdown=False, onerror=_raise):
        for name in names:
            _sync(Path(directory) / name)
        _sync(Path(directory))


def _raise(error: OSError) -> None:
    """For os.walk, which passes over a directory it cannot list."""
    raise error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Rename within one file system and make it durable in both parents; never onto something that exists."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "the name is taken", str(target))
    source.rename(target)
    sync_directory(target.parent)
    sync_directory(source.parent)


def point_symlink(link: Path, target: str) -> None:
    """Let `link` point at the relative `target` in one step; readers follow the old link or the new one."""
    temporary = link.with_name(TEMPORARY_PREFIX + link.name)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    sync_directory(link.parent)


def remove_tree(path: Path) -> None:
    """Remove a directory so that a kill midway leaves no half of it under its own name."""
    aside = path.with_name(REMOVED_PREFIX + path.name)
    if aside.exists():
        shutil.rmtree(aside)
    rename(path, aside)
    shutil.rmtree(aside)


def remove_leftovers(directory: Path) -> None:
    """Remove what a killed process left of the functions above in `directory`."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for entry in list(directory.iterdir()):
            if entry.name.startswith(REMOVED_PREFIX):
                shutil.rmtree(entry)
            elif entry.name.startswith(TEMPORARY_PREFIX):
                entry.unlink()


def empty_directory(directory: Path) -> None:
    """Remove everything in `directory`, which itself stays (it may be a mount point)."""
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
