"""The files of pulled feeds: pages put together under a hidden name, in their place once a pull is complete.

What is in them was decided before (pruning.py); landing reads them like files of the inbox.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import zstandard

from orchestration import durable
from orchestration.home import Home
from orchestration.landing import file_names
from orchestration.landing.path_sql import segments
from orchestration.pulling.pruning import record_list
from orchestration.pulling.window import Window
from orchestration.sources.base import Feed

# Records of one line of a file of pages, and bytes after which a line ends all the same.
LINE_RECORDS = 1_000
LINE_BYTES = 4 << 20


@dataclass(frozen=True)
class Mark:
    """A place in a draft to which it can be taken back."""

    size: int
    record_count: int
    digest: hashlib._Hash


class Draft:
    """A file of one window that is not there yet. Each line is a zstd frame of its own, so that a page that
    broke off can be cut away again.
    """

    def __init__(self, file: BinaryIO, list_keys: list[str]) -> None:
        self._file = file
        # What stands around the records of a page, as their vendor sends it.
        self._opening = "".join(f'{{"{key}":' for key in list_keys)
        self._closing = "}" * len(list_keys)
        self._digest = hashlib.sha256()
        self._records: list[str] = []
        self._bytes = 0
        self._compressor = zstandard.ZstdCompressor()
        self.record_count = 0
        self.first_record: str | None = None

    @property
    def sha256(self) -> str:
        """The hash of what was written, unpacked: the one the ledger knows a delivery by."""
        return self._digest.hexdigest()

    def mark(self) -> Mark:
        """Where the draft stands; what was added so far is written."""
        self._flush()
        return Mark(self._file.tell(), self.record_count, self._digest.copy())

    def rewind(self, mark: object) -> None:
        """Forget what was added since the mark."""
        assert isinstance(mark, Mark)
        self._records.clear()
        self._bytes = 0
        self._file.seek(mark.size)
        self._file.truncate()
        self.record_count, self._digest = mark.record_count, mark.digest.copy()
        self.first_record = self.first_record if mark.record_count else None

    def add(self, record: str) -> None:
        """One more record, as JSON text."""
        self.first_record = self.first_record or record
        self._records.append(record)
        self._bytes += len(record)
        self.record_count += 1
        if len(self._records) >= LINE_RECORDS or self._bytes >= LINE_BYTES:
            self._flush()

    def finish(self) -> None:
        """Write what is left; a pull without a record leaves an empty page, for nobody did anything."""
        self._flush()
        if not self.record_count:
            self._write([])
        self._file.flush()

    def _flush(self) -> None:
        if self._records:
            self._write(self._records)
            self._records.clear()
            self._bytes = 0

    def _write(self, records: list[str]) -> None:
        if self._opening or not records:
            text = f"{self._opening}[{','.join(records)}]{self._closing}\n"
        else:
            text = "".join(f"{record}\n" for record in records)
        data = text.encode()
        self._digest.update(data)
        self._file.write(self._compressor.compress(data))


def folder_of(home: Home, feed: Feed) -> Path:
    """Where the pulled files of a feed lie."""
    return home.pulled / feed.folder


def file_name(window: Window, now: datetime) -> str:
    """The days covered and the UTC time of the pull, as landing reads them."""
    days = f"{window.first}" if window.first == window.last else f"{window.first}_{window.last}"
    return f"{days}_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.ndjson.zst"


def prepare(home: Home, feed: Feed) -> None:
    """Make the folder of a feed and clear what a killed pull left in it."""
    folder = folder_of(home, feed)
    for path in (home.pulled, folder.parent, folder):
        durable.make_directory(path, 0o750)
    durable.remove_leftovers(folder)


@contextmanager
def drafted(home: Home, feed: Feed, name: str) -> Iterator[Draft]:
    """A draft that is nowhere to be seen, and gone afterwards unless it was put in its place."""
    path = _hidden(folder_of(home, feed) / name)
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            yield Draft(file, segments(found) if (found := record_list(feed)) else [])
    finally:
        path.unlink(missing_ok=True)


def stated_day(feed: Feed, record: str) -> date | None:
    """The day that a record of a snapshot states for all of it; None where it cannot be read."""
    value = json.loads(record)
    try:
        for key in segments(feed.date_field.path) if feed.date_field else ():
            value = value[key]
        return date.fromisoformat(value[:10])
    except (KeyError, TypeError, ValueError):
        return None


def put_in_place(home: Home, feed: Feed, draft_name: str, name: str) -> Path:
    """Give a finished draft its name, durably; over none that is there."""
    target = folder_of(home, feed) / name
    hidden = _hidden(folder_of(home, feed) / draft_name)
    durable.sync_file(hidden)
    durable.rename(hidden, target)
    return target


def waiting_windows(home: Home, feed: Feed, known_paths: frozenset[str]) -> list[Window]:
    """The windows of files in place that landing has not entered yet."""
    folder = folder_of(home, feed)
    if not folder.is_dir():
        return []
    names = [path.name for path in sorted(folder.iterdir()) if not file_names.is_ignored(path.name)]
    covered = [
        file_names.coverage(file_names.named_dates(name))
        for name in names
        if (folder / name).relative_to(home.root).as_posix() not in known_paths
    ]
    return [Window(*days) for days in covered if days is not None]


def _hidden(path: Path) -> Path:
    return path.with_name(durable.TEMPORARY_PREFIX + path.name)
