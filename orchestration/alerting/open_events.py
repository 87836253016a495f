"""<home>/alerts.json: which events are open, and of which somebody was told; so that nobody is told twice.

What is wrong belongs to conditions.py, sending to channel.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict

from orchestration import durable
from orchestration.alerting.conditions import Condition, Kind
from orchestration.missing_days import WINDOW_DAYS

# `sending`: begun, and the process ended before the answer; it may have arrived, so it is not sent again.
Told = Literal["no", "sending", "yes"]
_LOCK_SECONDS = 5


class Event(BaseModel):
    """One event, from when it is first seen until somebody was told that it is over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    subject: str
    key: str
    text: str
    since: date | None = None
    until: date | None = None
    told: Told = "no"


class Begun(BaseModel):
    """The run at work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    started_at: str


class Book(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: tuple[Event, ...] = ()
    run: Begun | None = None


@dataclass
class Page:
    """The book while it is open for writing."""

    path: Path
    book: Book

    def write(self, **changes: object) -> None:
        """Change the book and put it on the disk."""
        self.book = self.book.model_copy(update=changes)
        durable.write_file(self.path, self.book.model_dump_json(indent=2).encode(), 0o600)


@contextmanager
def opened(path: Path) -> Iterator[Page]:
    """The book, for this process alone. Raises Timeout where another one keeps it for seconds."""
    with FileLock(path.with_name(path.name + ".lock"), timeout=_LOCK_SECONDS, mode=0o640):
        yield Page(path, read(path))


def read(path: Path) -> Book:
    """The book as it is; empty where none was written. Raises ValueError for a damaged one."""
    return Book.model_validate_json(path.read_bytes()) if path.exists() else Book()


def settle(events: Sequence[Event], conditions: Sequence[Condition], as_of: date | None) -> tuple[Event, ...]:
    """The events that are open once these conditions, and no others, are seen.

    A condition continues its event. An event without a condition is over: `recovered` takes its place, unless
    nobody was told of it, a newer one took its place, or its days lie too long before `as_of`.
    """
    left = list(events)
    found: list[Event] = []
    for condition in conditions:
        known = next((event for event in left if _is_same(event, condition)), None)
        if known is not None:
            left.remove(known)
        found.append(Event(**vars(condition), told=known.told if known else "no"))
    for event in left:
        if event.kind == "recovered":
            found += [event] if event.told == "no" else []
        elif event.told != "no" and not _is_replaced(event, conditions) and not _is_long_ago(event, as_of):
            found.append(_recovered(event))
    return tuple(found)


def _is_same(event: Event, condition: Condition) -> bool:
    if event.kind != condition.kind or event.subject != condition.subject:
        return False
    if event.since is None or event.until is None or condition.since is None or condition.until is None:
        return event.key == condition.key
    # A gap that grew, or of which a part came.
    return event.since <= condition.until and condition.since <= event.until + timedelta(days=1)


def _is_replaced(event: Event, conditions: Sequence[Condition]) -> bool:
    return event.since is None and any(
        (one.kind, one.subject) == (event.kind, event.subject) for one in conditions
    )


def _is_long_ago(event: Event, as_of: date | None) -> bool:
    if event.until is None or as_of is None:
        return False
    return event.until <= as_of - timedelta(days=WINDOW_DAYS)


def _recovered(event: Event) -> Event:
    return Event(
        kind="recovered", subject=event.subject, key=f"{event.kind} {event.key}", text=f"Over: {event.text}"
    )
