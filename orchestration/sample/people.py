"""What is known about one person of the made-up company, over time.

Data only: how a person is drawn is in `workforce.py`, how HR reports it in `workforce_files.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from orchestration.sample.period import DAY


class Ending(Enum):
    """How HR tells that somebody left."""

    BY_DATE = "by_date"
    BY_STATUS = "by_status"
    BY_ABSENCE = "by_absence"


@dataclass(frozen=True)
class Stint:
    """One employment, first to last employed day; `shown_from` is the first snapshot that holds it."""

    hired_date: date
    last_date: date | None = None
    shown_from: date | None = None
    ending: Ending = Ending.BY_DATE
    ending_known: date | None = None
    dropped_from: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the person is employed on that day under this stint."""
        return self.hired_date <= day and (self.last_date is None or day <= self.last_date)


@dataclass(frozen=True)
class Version:
    """The HR columns that may change, as they hold from a date until the next version."""

    valid_from: date
    columns: dict[str, str]


@dataclass(frozen=True)
class Leave:
    """Days away, both ends inclusive; `entered` and `withdrawn` say which statements hold it."""

    start: date
    end: date
    thousandths: int
    leave_type: str
    entered: date
    withdrawn: date | None = None


@dataclass(frozen=True)
class Entitlement:
    """One row of access; `known` and `end_known` say from which delivery on it and its end are stated."""

    tool_id: str
    status: str
    from_date: date
    to_date: date | None
    known: date
    end_known: date | None = None

    def grants(self, day: date) -> bool:
        """Whether this row gives access on that day."""
        return (
            self.status == "granted"
            and self.from_date <= day
            and (self.to_date is None or day <= self.to_date)
        )


@dataclass
class Person:
    """One person; lists are in date order."""

    index: int
    employee_id: str
    display_name: str
    copilot_user_id: int
    chatgpt_user_id: str
    morning_utc: int
    profile: str
    is_engineer: bool
    stints: list[Stint] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    leave: list[Leave] = field(default_factory=list)
    entitlements: list[Entitlement] = field(default_factory=list)
    uses_ungranted: bool = False
    personal_key: str | None = None

    def stint_on(self, day: date) -> Stint | None:
        """The employment that holds on a day."""
        return next((stint for stint in self.stints if stint.holds(day)), None)

    def columns_on(self, day: date) -> dict[str, str]:
        """The HR columns on a day; the first version reaches back, the last one forward."""
        found = self.versions[0]
        for version in self.versions:
            if version.valid_from <= day:
                found = version
        return found.columns

    def granted_on(self, day: date) -> list[str]:
        """Tools the person may use on a day, in a fixed order."""
        return [row.tool_id for row in self.entitlements if row.grants(day)]

    def leave_on(self, day: date) -> int:
        """Thousandths of the day the person is away (of leave that was not withdrawn)."""
        rows = (row for row in self.leave if row.withdrawn is None and row.start <= day <= row.end)
        return min(1000, sum(row.thousandths for row in rows))

    def change(self, day: date, **columns: str) -> None:
        """Let columns differ from a date on, in that version and every later one."""
        if all(version.valid_from != day for version in self.versions):
            self.versions.append(Version(day, dict(self.columns_on(day))))
            self.versions.sort(key=lambda version: version.valid_from)
        for version in self.versions:
            if version.valid_from >= day:
                version.columns.update(columns)


def spans_within_stints(person: Person) -> list[tuple[date, date | None, dict[str, str], Stint]]:
    """Attribute spans (from, to inclusive, columns, stint) as HR tells them, clipped to employment."""
    spans: list[tuple[date, date | None, dict[str, str], Stint]] = []
    for stint in person.stints:
        starts = [stint.hired_date]
        starts += [version.valid_from for version in person.versions[1:] if stint.holds(version.valid_from)]
        starts = sorted(set(starts))
        for position, start in enumerate(starts):
            end = starts[position + 1] - DAY if position + 1 < len(starts) else stint.last_date
            spans.append((start, end, person.columns_on(start), stint))
    return spans
