"""How values and records lie in the files of a vendor: kinds of values, nested lists, lists read by key.

Declarations only; fields and feeds belong to base.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# How a value is written by the vendor and typed in landing:
# text VARCHAR | count BIGINT, a whole number | flag BOOLEAN | day DATE, `2026-03-01` |
# utc_day DATE, also `2026-03-01T00:00:00Z` | epoch TIMESTAMP in UTC, seconds since 1970 | amount DECIMAL |
# epoch_ms, epoch_ns TIMESTAMP, milli- and nanoseconds since 1970 | epoch_ms_day DATE, of such milliseconds |
# time TIMESTAMP in UTC, RFC 3339 with its zone | utc_time the same, also without a zone, which means UTC then
Kind = Literal[
    "text",
    "count",
    "flag",
    "day",
    "utc_day",
    "epoch",
    "epoch_ms",
    "epoch_ns",
    "epoch_ms_day",
    "time",
    "utc_time",
    "amount",
]


@dataclass(frozen=True)
class Level:
    """One step from a page down to its records: the list at `path` of the object before.

    Records may read the objects of a level that has a `name`. A list that is not there is a rejected record,
    unless it `may_be_absent` where it would be empty.
    """

    path: str
    name: str = ""
    may_be_absent: bool = False


# A record is an element of the last list.
Nesting = tuple[Level, ...]


@dataclass(frozen=True)
class Covered:
    """Where a page states the time it answers for, from `starts_at` up to and without `ends_at`.

    Paths from the page, or from each element of its list at `list_path`. Both are of `kind`.
    """

    kind: Kind
    starts_at: str
    ends_at: str
    list_path: str | None = None


@dataclass(frozen=True)
class KeyedList:
    """A JSON list of objects that each state one value under a key, read by key: `list[key]` in a path.

    `path` leads to the list, from a level as in a Field; `key` and `values` are paths in an element. The
    first of `values` that is there counts; a text at one of `quoted_numbers` is the number or flag it spells.
    """

    path: str
    key: str
    values: tuple[str, ...]
    quoted_numbers: tuple[str, ...] = ()
