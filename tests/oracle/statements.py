"""What workforce snapshots and statements amount to, read whole and in plain Python.

Written from the rules (docs/decisions.md 2 and 5, the comments of the models), not from how the models read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
Counts = Counter[tuple[str, date, str]]


@dataclass(frozen=True)
class Worker:
    """A row of a snapshot; one that landing refuses has `is_sound` false, and no id where none is legible."""

    employee_id: str | None
    org_unit_id: str = "A"
    hired_date: date = date(2020, 1, 1)
    terminated_date: date | None = None
    is_active: bool = True
    is_sound: bool = True

    @property
    def is_gone(self) -> bool:
        """Terminated without a date: not in the snapshot."""
        return not self.is_active and self.terminated_date is None


@dataclass(frozen=True)
class Access:
    """A row of the entitlements."""

    employee_id: str
    tool_id: str
    from_date: date
    status: str = "granted"
    is_sound: bool = True


@dataclass(frozen=True)
class Leave:
    """A row of a statement of leave."""

    employee_id: str
    start_date: date
    end_date: date
    is_sound: bool = True


@dataclass(frozen=True)
class Delivered(Generic[Row]):
    """A file in effect: the day it states, its rank and its rows in their order."""

    day: date
    rank: int
    rows: tuple[Row, ...]


def snapshot(
    files: Iterable[Delivered[Worker]],
) -> tuple[dict[str, Worker], set[str], bool, Counter[str]]:
    """Of the files of one day: who is stated, of whom a row was refused, whether a row hides somebody, and
    how many records were accepted, superseded and refused.
    """
    held: dict[str, list[tuple[Any, Worker]]] = defaultdict(list)
    refused: set[str] = set()
    hides, counts = False, Counter[str]()
    for file in files:
        for line, row in enumerate(file.rows):
            if row.is_sound:
                assert row.employee_id is not None
                held[row.employee_id].append(((file.rank, row.is_active, row.hired_date, line), row))
            else:
                counts["rejected"] += 1
                hides |= row.employee_id is None
                refused |= {row.employee_id} if row.employee_id else set()
    stated = {}
    for employee_id, rows in held.items():
        (rank, active, hired, _), best = max(rows, key=lambda row: row[0])
        alike = [row for (r, a, h, _), row in rows if (r, a, h) == (rank, active, hired)]
        if any(row != best for row in alike):
            taken = sum(1 for order, _ in rows if order[0] == rank)
            counts["rejected"] += taken
            counts["duplicate"] += len(rows) - taken
            refused.add(employee_id)
        else:
            counts["accepted"] += 1
            counts["duplicate"] += len(rows) - 1
            stated[employee_id] = best
    return stated, refused, hides, counts


def employment(
    files: Iterable[Delivered[Worker]], days: Iterable[date]
) -> tuple[dict[tuple[str, date], Worker], Counts]:
    """What holds of everybody employed on each of the days, with hire and termination as last said of the
    stint; and where the records went.
    """
    by_day: dict[date, list[Delivered[Worker]]] = defaultdict(list)
    for file in files:
        by_day[file.day].append(file)
    counts: Counts = Counter()
    snapshots = []
    for day in sorted(by_day):
        stated, refused, hides, counted = snapshot(by_day[day])
        counts.update({("hr/workers", day, status): number for status, number in counted.items()})
        if stated:
            snapshots.append((day, stated, refused, hides))
    ends = [day for day, *_ in snapshots[1:]] + [date.max]
    found: dict[tuple[str, date], Worker] = {}
    days = list(days)
    for employee_id in {person for _, stated, *_ in snapshots for person in stated}:
        last: Worker | None = None
        rows = []
        for (day, stated, refused, hides), end in zip(snapshots, ends, strict=True):
            row = stated.get(employee_id)
            if row is not None and not row.is_gone:
                last = row
            elif last is None or not (hides or employee_id in refused):
                continue
            rows.append((day, end, last))
        for start, end, row in _dated(rows):
            found.update({(employee_id, day): row for day in days if start <= day < end})
    return found, counts


def _is_hired_anew(before: tuple[date, date, Worker], after: tuple[date, date, Worker]) -> bool:
    """A changed hired date is a new stint only after an end of the one before, else a correction."""
    _, end, known = before
    start, _, row = after
    return row.hired_date != known.hired_date and (
        end < start or (known.terminated_date or date.max) < row.hired_date
    )


def _dated(rows: list[tuple[date, date, Worker]]) -> Iterable[tuple[date, date, Worker]]:
    """The rows of one person with hire and termination of the whole stint, and clipped by them."""
    stints: list[list[tuple[date, date, Worker]]] = []
    for one in rows:
        if stints and not _is_hired_anew(stints[-1][-1], one):
            stints[-1].append(one)
        else:
            stints.append([one])
    for number, stint in enumerate(stints):
        hired, terminated = stint[-1][2].hired_date, stint[-1][2].terminated_date
        for place, (start, end, row) in enumerate(stint):
            reached = start
            if place == 0:
                earliest = hired
                if number:
                    _, previous_end, previous = stints[number - 1][-1]
                    gone = previous.terminated_date
                    earliest = min(previous_end, gone + timedelta(days=1)) if gone else previous_end
                reached = min(start, max(hired, earliest))
            last = terminated + timedelta(days=1) if terminated else date.max
            yield (
                max(reached, hired),
                min(end, last),
                Worker(row.employee_id, row.org_unit_id, hired, terminated, row.is_active),
            )


def entitlements(files: Iterable[Delivered[Access]]) -> tuple[set[Access], Counts]:
    """The statements in effect, of each key the one of the highest file, and where the records went."""
    best: dict[tuple[str, str, date], tuple[tuple[int, int], date, Access]] = {}
    counts: Counts = Counter()
    for file in files:
        for line, row in enumerate(file.rows):
            if not row.is_sound:
                counts["access/entitlements", file.day, "rejected"] += 1
                continue
            counts["access/entitlements", file.day, "duplicate"] += 1
            key = (row.employee_id, row.tool_id, row.from_date)
            found = ((file.rank, line), file.day, row)
            best[key] = max(best.get(key, found), found, key=lambda one: one[0])
    for _, day, _ in best.values():
        counts["access/entitlements", day, "accepted"] += 1
        counts["access/entitlements", day, "duplicate"] -= 1
    return {row for *_, row in best.values()}, +counts


def leave(files: Iterable[Delivered[Leave]]) -> tuple[set[Leave], Counts]:
    """What the statement of the latest day says, of several the highest; and where the records went."""
    files = list(files)
    counts: Counts = Counter()
    for file in files:
        for row in file.rows:
            counts["hr/leave", file.day, "accepted" if row.is_sound else "rejected"] += 1
    latest = max(files, key=lambda file: (file.day, file.rank), default=None)
    return {row for row in latest.rows if row.is_sound} if latest else set(), counts
