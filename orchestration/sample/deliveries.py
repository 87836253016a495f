"""Writes files into the inbox and keeps the books of every record sent: how many, and what becomes of it.

What a record holds is the vendors' modules' business; nothing is read back from disk.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import zstandard

GZIP_LEVEL = 6
ZSTD_LEVEL = 3


class Fate(StrEnum):
    """The one thing that becomes of a record."""

    ACCEPTED = "accepted_count"
    DUPLICATE = "duplicate_count"
    REJECTED = "rejected_count"
    UNRESOLVED = "unresolved_count"
    NON_HUMAN = "non_human_count"


@dataclass(frozen=True)
class Sent:
    """One vendor row and what becomes of it once every delivery is in."""

    row: dict[str, Any]
    fate: Fate


@dataclass
class Books:
    """Records per source, feed and activity date, by fate; and the dates each usage feed covers."""

    counts: dict[tuple[str, str, date], dict[Fate, int]] = field(default_factory=dict)
    covered: dict[tuple[str, str], set[date]] = field(default_factory=lambda: defaultdict(set))
    uncovered_person_days: list[tuple[str, str, str, date]] = field(default_factory=list)

    def enter(self, source: str, feed: str, day: date, fate: Fate, count: int = 1) -> None:
        """Book records; a count of 0 leaves no trace."""
        if count:
            entry = self.counts.setdefault((source, feed, day), dict.fromkeys(Fate, 0))
            entry[fate] += count


@dataclass
class Inbox:
    """The inbox being filled."""

    root: Path
    file_count: int = 0
    byte_count: int = 0

    def put(self, source: str, feed: str, name: str, content: bytes) -> None:
        """Write one file; the ending of the name (.gz, .zst) decides how it is compressed."""
        folder = self.root / source / feed
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_compressed(name, content))
        self.file_count += 1
        self.byte_count += len(content)


def _compressed(name: str, content: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(content, compresslevel=GZIP_LEVEL, mtime=0)
    if name.endswith(".zst"):
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content)
    return content


def stamp(day: date, days_later: int, at: time) -> str:
    """A UTC stamp as file names carry it, some days after an activity date."""
    moment = datetime.combine(day + timedelta(days=days_later), at)
    return moment.strftime("%Y%m%dT%H%M%SZ")


def dashed_stamp(day: date, days_later: int, at: time) -> str:
    """The same in the other spelling that file names use."""
    moment = datetime.combine(day + timedelta(days=days_later), at)
    return moment.strftime("%Y-%m-%dT%H-%M-%SZ")


def lines(rows: Iterable[str]) -> bytes:
    """Text lines as UTF-8, each ended; nothing for no rows."""
    return "".join(f"{row}\n" for row in rows).encode()
