"""Snapshots and statements are read once: after each drawn night what is known is what all files say.

An oracle reads them whole. Files come late, are corrected, come again with another stamp, and are withdrawn.
ADOPTION_TEST_HISTORIES sets how many histories are drawn (`make soak` draws 20).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from tests.golden.statement_nights import StatementNights
from tests.oracle.statements import (
    Access,
    Counts,
    Delivered,
    Leave,
    Worker,
    employment,
    entitlements,
    leave,
)
from tests.unit.landing_home import WORKERS_HEADER, worker_row

pytestmark = pytest.mark.slow

HISTORIES = int(os.environ.get("ADOPTION_TEST_HISTORIES", "1"))
NIGHTS = 12
FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=offset) for offset in range(-12, NIGHTS + 4)]
PEOPLE = [f"p{number}" for number in range(40)]
TOOLS = ("claude_code", "github_copilot")
HEADERS = {
    "hr/workers": WORKERS_HEADER,
    "access/entitlements": "employee_id,tool_id,status,from_date,to_date",
    "hr/leave": "employee_id,start_date,end_date,day_fraction",
}
Row = Worker | Access | Leave
Kind = TypeVar("Kind", Worker, Access, Leave)


@dataclass
class History:
    """What was delivered so far, by path; `stamps` are unique, so the order of arrival decides nothing."""

    draw: Random
    nights: StatementNights
    files: dict[str, tuple[str, date, int, tuple[Row, ...]]] = field(default_factory=dict)
    people: dict[str, Worker] = field(default_factory=dict)
    free_stamps: list[int] = field(default_factory=list)

    def deliver(self, feed: str, day: date, rows: tuple[Row, ...]) -> None:
        """Put a file into the inbox under a drawn stamp; of a day the later stamp counts."""
        rank = self.free_stamps.pop(self.draw.randrange(len(self.free_stamps)))
        self.files[self._put(feed, day, rank, rows)] = (feed, day, rank, rows)

    def _put(self, feed: str, day: date, stamp: int, rows: tuple[Row, ...]) -> str:
        path = f"{feed}/file_{day}_20260401T{stamp // 3600:02}{stamp // 60 % 60:02}{stamp % 60:02}Z.csv"
        lines = [HEADERS[feed], *(line(row) for row in rows)]
        self.nights.put(path, "\n".join(lines) + "\n")
        return path

    def deliver_again(self, path: str) -> None:
        """The same content under another stamp: it ranks by the later one."""
        feed, day, rank, rows = self.files[path]
        later = [stamp for stamp in self.free_stamps if stamp > rank]
        if later and rows:
            stamp = self.draw.choice(later)
            self.free_stamps.remove(stamp)
            self._put(feed, day, stamp, rows)
            self.files[path] = (feed, day, stamp, rows)

    def withdraw(self, path: str) -> None:
        """Take a file out, with copies of it."""
        self.nights.withdraw(path)
        del self.files[path]

    def delivered(self, kind: type[Kind], feed: str, as_of: date) -> list[Delivered[Kind]]:
        """The files of a feed in effect."""
        return [
            Delivered(day, rank, tuple(row for row in rows if isinstance(row, kind)))
            for name, day, rank, rows in self.files.values()
            if name == feed and day <= as_of
        ]


def line(row: Row) -> str:
    """A row as its feed's CSV states it; a refused one holds a date that is none."""
    if isinstance(row, Worker):
        return worker_row(
            row.employee_id or "",
            org_unit_id=row.org_unit_id,
            hired_date=str(row.hired_date) if row.is_sound else "never",
            terminated_date=str(row.terminated_date or ""),
            employment_status="active" if row.is_active else "terminated",
        ).rstrip("\n")
    if isinstance(row, Access):
        since = str(row.from_date) if row.is_sound else "never"
        return f"{row.employee_id},{row.tool_id},{row.status},{since},"
    return f"{row.employee_id},{row.start_date if row.is_sound else 'never'},{row.end_date},1"


def drawn_workers(history: History, day: date) -> Iterator[Worker]:
    """The rows of one snapshot; most people stay as they were."""
    draw = history.draw
    for name in PEOPLE:
        person = history.people.get(name)
        chance = draw.random()
        if person is None:
            if chance < 0.5:
                history.people[name] = Worker(name, hired_date=day - timedelta(days=draw.randrange(4)))
            continue
        if chance < 0.06:
            person = replace(person, org_unit_id=draw.choice("ABC"))
        elif chance < 0.10:
            person = replace(person, terminated_date=day - timedelta(days=draw.randrange(3)), is_active=False)
        elif chance < 0.14:
            person = Worker(name, hired_date=day - timedelta(days=draw.randrange(5)))
        history.people[name] = person
        if chance < 0.20:
            continue
        if chance < 0.24:
            yield replace(person, is_sound=False)
        elif chance < 0.26:
            yield replace(person, terminated_date=None, is_active=False)
        elif chance < 0.30:
            yield person
            yield replace(person, org_unit_id=draw.choice("ABC"))
        else:
            yield person
    if draw.random() < 0.25:
        yield Worker(None, is_sound=False)


def drawn_access(draw: Random) -> Iterator[Access]:
    for name in draw.sample(PEOPLE, 12):
        since = FIRST + timedelta(days=draw.randrange(3))
        status = draw.choice(("granted", "revoked"))
        yield Access(name, draw.choice(TOOLS), since, status, is_sound=draw.random() < 0.9)


def drawn_leave(draw: Random) -> Iterator[Leave]:
    for name in draw.sample(PEOPLE, 5):
        yield Leave(name, FIRST, FIRST + timedelta(days=draw.randrange(9)), is_sound=draw.random() < 0.9)


def deliver_day(history: History, day: date) -> None:
    """Most days bring a file of each feed, some bring none."""
    draw = history.draw
    rows: dict[str, tuple[Row, ...]] = {
        "hr/workers": tuple(drawn_workers(history, day)),
        "access/entitlements": tuple(drawn_access(draw)),
        "hr/leave": tuple(drawn_leave(draw)),
    }
    for feed, found in rows.items():
        if draw.random() < 0.8 and found:
            history.deliver(feed, day, found)


def disturb(history: History, day: date) -> None:
    """A day before comes late or is corrected; a file comes again, or is taken out."""
    draw = history.draw
    event = draw.choice(("late", "again", "withdrawn", "nothing", "nothing"))
    if event == "late":
        deliver_day(history, FIRST + timedelta(days=draw.randrange((day - FIRST).days + 1)))
    elif event == "again":
        history.deliver_again(draw.choice(sorted(history.files)))
    elif event == "withdrawn" and len(history.files) > 3:
        history.withdraw(draw.choice(sorted(history.files)))


def counted(nights: StatementNights) -> Counts:
    rows = nights.rows(
        "select source || '/' || feed, activity_date, record_status, record_count from int_statement_count"
    )
    return Counter({(feed, day, status): count for feed, day, status, count in rows})


def assert_known_is_all(history: History, as_of: date) -> None:
    """What the night knows equals what the oracle makes of all files."""
    nights = history.nights
    employed, workers = employment(history.delivered(Worker, "hr/workers", as_of), DAYS)
    in_force, access = entitlements(history.delivered(Access, "access/entitlements", as_of))
    away, absence = leave(history.delivered(Leave, "hr/leave", as_of))
    spans = nights.rows(
        "select employee_id, valid_from, coalesce(valid_to, date '9999-12-31'), org_unit_id, hired_date, "
        "terminated_date from int_employment_span"
    )
    found = Counter(
        (name, day, *state) for name, start, end, *state in spans for day in DAYS if start <= day < end
    )
    assert found == Counter(
        (name, day, row.org_unit_id, row.hired_date, row.terminated_date)
        for (name, day), row in employed.items()
    )
    assert set(
        nights.rows("select employee_id, tool_id, from_date, status from int_entitlement_statement")
    ) == {(row.employee_id, row.tool_id, row.from_date, row.status) for row in in_force}
    assert set(nights.rows("select employee_id, start_date, end_date from int_leave_statement")) == {
        (row.employee_id, row.start_date, row.end_date) for row in away
    }
    expected = workers + access + absence
    assert counted(nights) == expected
    refused = nights.rows("select feed, activity_date, count(*) from int_rejected_statement group by all")
    assert {(feed, day, "rejected"): count for feed, day, count in refused} == {
        key: count for key, count in expected.items() if key[2] == "rejected"
    }


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_what_is_known_after_each_night_is_what_all_files_say(seed: int, tmp_path: Path) -> None:
    history = History(Random(seed), StatementNights(tmp_path / "home"), free_stamps=list(range(0, 86400, 7)))
    for night in range(NIGHTS):
        day = FIRST + timedelta(days=night)
        deliver_day(history, day)
        history.nights.land()
        if night:
            disturb(history, day)
            history.nights.land()
        # a generation that was rolled back knows fewer days than what was kept
        as_of = day - timedelta(days=history.draw.choice((0, 0, 0, 2)))
        history.nights.build(as_of)
        assert_known_is_all(history, as_of)
