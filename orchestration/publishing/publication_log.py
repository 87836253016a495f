"""published/history.jsonl: which generation came into force when, and how; never rewritten.

The symlink decides what is in force. Where a kill kept the log from a line, recovery.py adds it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration import durable
from orchestration.errors import RunFailed
from orchestration.home import Home
from orchestration.publishing.verdict import UtcDatetime

What = Literal["published", "released", "rolled_back", "discarded", "pruned"]
_TAKES_OVER = ("published", "released", "rolled_back")


class Event(BaseModel):
    """One line: `discarded` generations never were in force, `pruned` ones were removed for their age."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    generation: int
    what: What
    at: UtcDatetime


def log_path(home: Home) -> Path:
    """Where the log lies."""
    return home.published / "history.jsonl"


def events(home: Home) -> list[Event]:
    """All events, oldest first; a last line without its end (a kill while writing) does not count.

    Raises RunFailed naming a line that is damaged.
    """
    try:
        content = log_path(home).read_bytes()
    except FileNotFoundError:
        return []
    read = []
    for line_number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            read.append(Event.model_validate_json(line))
        except ValidationError:
            raise RunFailed(
                f"{log_path(home)}, line {line_number}, is damaged; restore or remove that line."
            ) from None
    return read


def append(home: Home, generation: int, what: What, at: datetime) -> None:
    """Add one event, durably."""
    line = Event(generation=generation, what=what, at=at).model_dump_json()
    durable.append_line(log_path(home), line, 0o640)


def in_force_order(home: Home) -> list[int]:
    """The generations in the order in which they came into force, repeated where one did so again."""
    return [event.generation for event in events(home) if event.what in _TAKES_OVER]


def last_in_force(home: Home) -> int | None:
    """The generation that came into force last, by the log."""
    order = in_force_order(home)
    return order[-1] if order else None


def ever_in_force(home: Home) -> set[int]:
    """Every generation that was ever in force, by the log."""
    return set(in_force_order(home))


def ever_used(home: Home) -> set[int]:
    """Every number that was ever given to a generation, by the log."""
    return {event.generation for event in events(home)}


def last_published(home: Home) -> int:
    """The highest generation that was published or released, 0 before the first."""
    return max(
        (event.generation for event in events(home) if event.what in ("published", "released")), default=0
    )
