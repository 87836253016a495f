"""Which windows of a feed a night pulls: what is missing up to its date, and what the vendor may restate.

Only decisions over values belong here; nothing reads a file, a clock or a database, least of all a vendor's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.sources.pull import Pull

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The dates that one pull covers, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every date, in order."""
        return _range(self.first, self.last)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Night:
    """What the decision rests on. `newest` is the newest date that is over (yesterday), `floor` the oldest
    one that is built, `forced` the range of a backfill.
    """

    wanted: date
    newest: date
    floor: date
    forced: tuple[date, date] | None = None


def due_windows(pull: Pull, night: Night, covered: Collection[date]) -> list[Window]:
    """The windows to pull in the order of their dates.

    A night pulls the last `look_back_days` dates, and every date before them that no delivery covers, back to
    the first one that is covered: what lies before, only a backfill asks for. A snapshot can be had of the
    newest date alone.
    """
    if pull.span == "snapshot":
        return [Window(night.wanted, night.wanted)] if night.wanted >= night.newest else []
    days = [day for day in _days(pull, night, covered) if day >= _oldest(pull, night)]
    if not days:
        return []
    if pull.span == "since":
        return [Window(days[0], days[-1])]
    return [Window(day, day) for day in days]


def _days(pull: Pull, night: Night, covered: Collection[date]) -> list[date]:
    if night.forced is not None:
        return _range(*night.forced)
    looked_back = night.wanted - (max(pull.look_back_days, 1) - 1) * ONE_DAY
    first = min([*covered, looked_back])
    return [day for day in _range(first, night.wanted) if day >= looked_back or day not in covered]


def _oldest(pull: Pull, night: Night) -> date:
    """The oldest date worth asking for."""
    limits = [night.floor]
    if pull.first_date is not None:
        limits.append(pull.first_date)
    if pull.history_days is not None:
        limits.append(night.newest - (pull.history_days - 1) * ONE_DAY)
    return max(limits)


def _range(first: date, last: date) -> list[date]:
    return [first + offset * ONE_DAY for offset in range((last - first).days + 1)]
