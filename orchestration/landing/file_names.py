"""What a file's name says of a delivery: the vendor's UTC stamp, the days covered, the compression.

Only names are read here; what the records say belongs to judgement_sql.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

Compression = Literal["none", "gzip", "zstd"]

_STAMP = re.compile(
    r"(?<!\d)(?:(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})|(\d{4})-(\d{2})-(\d{2})T(\d{2})[-:](\d{2})[-:](\d{2}))Z"
)
_DAY = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_UNFINISHED = (".part", ".tmp")


@dataclass(frozen=True)
class NamedDates:
    """The stamp (naive UTC) and the real calendar dates of a name, in the order they stand in it."""

    stamp_at: datetime | None
    days: tuple[date, ...]


def named_dates(name: str) -> NamedDates:
    """Stamp and dates of a file name; what is not real does not count. The last stamp wins."""
    stamps = [stamp for match in _STAMP.finditer(name) if (stamp := _stamp(match)) is not None]
    days = [day for match in _DAY.finditer(_STAMP.sub(" ", name)) if (day := _day(match)) is not None]
    return NamedDates(stamps[-1] if stamps else None, tuple(days))


def coverage(dates: NamedDates) -> tuple[date, date] | None:
    """First and last day a usage file covers by its name: one date, or two in order; otherwise none."""
    if len(dates.days) == 1:
        return dates.days[0], dates.days[0]
    if len(dates.days) == 2 and dates.days[0] <= dates.days[1]:
        return dates.days[0], dates.days[1]
    return None


def snapshot_date(dates: NamedDates) -> date | None:
    """The day a snapshot or statement was taken: the one date in its name, else none."""
    if len(dates.days) == 1:
        return dates.days[0]
    return None


def compression(name: str) -> Compression:
    """How a file is compressed, by the end of its name; whether it is true is checked when it is read."""
    if name.lower().endswith(".gz"):
        return "gzip"
    if name.lower().endswith(".zst"):
        return "zstd"
    return "none"


def is_ignored(name: str) -> bool:
    """Whether a name belongs to no delivery: hidden files and those a sender has not finished."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def _stamp(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(part) for part in match.groups() if part is not None)
    try:
        found = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return found.replace(tzinfo=None)  # naive UTC, as the ledger keeps it


def _day(match: re.Match[str]) -> date | None:
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
