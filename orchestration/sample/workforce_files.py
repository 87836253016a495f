"""Writes what HR, access management and governance deliver: snapshots, statements and lists.

Draws nothing; a person's story decides what each delivery could know on its date.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, time

from orchestration.sample.accounts import Agreement, ServiceAccount
from orchestration.sample.deliveries import Books, Fate, Inbox, lines, stamp
from orchestration.sample.people import Ending, Person, Stint
from orchestration.sample.period import DAY, Period, Troubles
from orchestration.sample.vocabulary import (
    LINES_OF_BUSINESS,
    ROOT_UNIT,
    TEAM_NAMES,
    line_unit,
    team_unit,
)

WORKER_COLUMNS = (
    "employee_id", "work_email", "email_aliases", "display_name", "github_login", "manager_employee_id",
    "org_unit_id", "line_of_business", "job_family", "job_level", "worker_type", "country_code",
    "country_subdivision_code", "site_code", "legal_entity_code", "fte_fraction", "working_weekdays",
    "hired_date", "terminated_date", "employment_status",
)  # fmt: skip
ORG_COLUMNS = ("org_unit_id", "org_unit_name", "parent_org_unit_id")
LEAVE_COLUMNS = ("employee_id", "start_date", "end_date", "day_fraction", "leave_type")
ENTITLEMENT_COLUMNS = ("employee_id", "tool_id", "status", "from_date", "to_date")
ACCOUNT_COLUMNS = ("source", "account_name", "kind", "owner_employee_id", "from_date", "to_date")
AGREEMENT_COLUMNS = ("country_code", "legal_entity_code", "agreement_id", "from_date", "to_date")
Table = list[dict[str, str]]


def text(day: date | None) -> str:
    """A date as the files write it; empty for none."""
    return "" if day is None else day.isoformat()


def as_csv(columns: tuple[str, ...], rows: Iterable[dict[str, str]]) -> bytes:
    """Rows as CSV with exactly these columns in this order."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


# --- workers -----------------------------------------------------------------------------------------------


def shown_stint(person: Person, snapshot: date) -> Stint | None:
    """The employment a snapshot of this date shows, the latest where there are two; None if absent."""
    found = None
    for stint in person.stints:
        shown_from = stint.shown_from or stint.hired_date
        if shown_from <= snapshot and (stint.dropped_from is None or snapshot < stint.dropped_from):
            found = stint
    return found


def worker_row(person: Person, stint: Stint, snapshot: date) -> dict[str, str]:
    """One row of the workforce file as HR knew it on the snapshot's date."""
    is_known = stint.ending_known is not None and stint.ending_known <= snapshot
    is_over = is_known and stint.last_date is not None and snapshot > stint.last_date
    has_date = is_known and stint.ending is Ending.BY_DATE
    return {
        **person.columns_on(max(snapshot, stint.hired_date)),
        "employee_id": person.employee_id,
        "display_name": person.display_name,
        "hired_date": text(stint.hired_date),
        "terminated_date": text(stint.last_date) if has_date else "",
        "employment_status": "terminated" if is_over else "active",
    }


def write_workers(
    inbox: Inbox, books: Books, people: list[Person], period: Period, troubles: Troubles
) -> None:
    """A snapshot a day, but for the missing ones; some as NDJSON, some compressed."""
    for number, day in enumerate(period.days):
        if day in troubles.missing_snapshots:
            continue
        rows = []
        for person in people:
            stint = shown_stint(person, day)
            if stint is not None:
                rows.append(worker_row(person, stint, day))
        name = f"workers_{day}_{stamp(day, 1, time(1, 0))}"
        if day in troubles.ndjson_snapshots:
            ordered = ({column: row[column] or None for column in WORKER_COLUMNS} for row in rows)
            content = lines(json.dumps(row, ensure_ascii=False) for row in ordered)
            inbox.put("hr", "workers", f"{name}.ndjson", content)
        else:
            ending = "csv.gz" if number % 4 == 3 else "csv"
            inbox.put("hr", "workers", f"{name}.{ending}", as_csv(WORKER_COLUMNS, rows))
        books.enter("hr", "workers", day, Fate.ACCEPTED, len(rows))


# --- org units ---------------------------------------------------------------------------------------------


def org_units_on(day: date, change: date | None) -> Table:
    """The org units as they stand on a date: one is renamed and one re-parented on the date of change."""
    is_changed = change is not None and day >= change
    rows = [{"org_unit_id": ROOT_UNIT, "org_unit_name": "Technology", "parent_org_unit_id": ""}]
    for line, line_name in enumerate(LINES_OF_BUSINESS):
        rows.append(
            {
                "org_unit_id": line_unit(line),
                "org_unit_name": f"{line_name} Technology",
                "parent_org_unit_id": ROOT_UNIT,
            }
        )
        for team, team_name in enumerate(TEAM_NAMES):
            name, parent = f"{line_name} {team_name}", line_unit(line)
            if is_changed and (line, team) == (0, 1):
                name = f"{line_name} Digital Channels"
            if is_changed and (line, team) == (1, 2):
                parent = line_unit(2)
            rows.append(
                {"org_unit_id": team_unit(line, team), "org_unit_name": name, "parent_org_unit_id": parent}
            )
    return rows


def org_change(period: Period) -> date | None:
    """The date on which org units change; None in a short period."""
    return period.workday_at(0.5) if period.is_eventful else None


def write_org_units(inbox: Inbox, books: Books, period: Period) -> None:
    """A snapshot on the first date, each Monday, and on the date of change."""
    change = org_change(period)
    for day in period.days:
        if day in (period.first, change) or day.weekday() == 0:
            rows = org_units_on(day, change)
            name = f"org_units_{day}_{stamp(day, 1, time(1, 5))}.csv"
            inbox.put("hr", "org_units", name, as_csv(ORG_COLUMNS, rows))
            books.enter("hr", "org_units", day, Fate.ACCEPTED, len(rows))


# --- leave -------------------------------------------------------------------------------------------------


def write_leave(inbox: Inbox, books: Books, people: list[Person], period: Period) -> None:
    """A full statement every seventh day: what was entered by then and not withdrawn."""
    for day in period.days[::7]:
        rows = [
            {
                "employee_id": person.employee_id,
                "start_date": text(row.start),
                "end_date": text(row.end),
                "day_fraction": f"{row.thousandths / 1000:g}",
                "leave_type": row.leave_type,
            }
            for person in people
            for row in person.leave
            if row.entered <= day and (row.withdrawn is None or day < row.withdrawn)
        ]
        name = f"leave_{day}_{stamp(day, 1, time(1, 10))}.csv"
        inbox.put("hr", "leave", name, as_csv(LEAVE_COLUMNS, rows))
        books.enter("hr", "leave", day, Fate.ACCEPTED, len(rows))


# --- access, keys, agreements ------------------------------------------------------------------------------


def _known_end(end: date | None, end_known: date | None, day: date) -> date | None:
    return end if end_known is None or end_known <= day else None


def _book_keyed(
    books: Books, source: str, feed: str, keys_by_day: Sequence[tuple[date, Sequence[tuple[str, ...]]]]
) -> None:
    """Of rows with the same key only the one delivered last is accepted; the others are superseded."""
    last_day = {key: day for day, keys in keys_by_day for key in keys}
    for day, keys in keys_by_day:
        for key in keys:
            fate = Fate.ACCEPTED if last_day[key] == day else Fate.DUPLICATE
            books.enter(source, feed, day, fate)


def write_entitlements(inbox: Inbox, books: Books, people: list[Person], period: Period) -> None:
    """A list every thirtieth day and on the last one."""
    deliveries = []
    for day in sorted({*period.days[::30], period.last}):
        rows = [
            {
                "employee_id": person.employee_id,
                "tool_id": row.tool_id,
                "status": row.status,
                "from_date": text(row.from_date),
                "to_date": text(_known_end(row.to_date, row.end_known, day)),
            }
            for person in people
            for row in person.entitlements
            if row.known <= day
        ]
        name = f"entitlements_{day}_{stamp(day, 1, time(1, 20))}.csv"
        inbox.put("access", "entitlements", name, as_csv(ENTITLEMENT_COLUMNS, rows))
        deliveries.append((day, [(row["employee_id"], row["tool_id"], row["from_date"]) for row in rows]))
    _book_keyed(books, "access", "entitlements", deliveries)


def _list_days(period: Period) -> list[date]:
    middle = period.at(0.5)
    return sorted({period.first, middle}) if period.is_eventful else [period.first]


def write_accounts(inbox: Inbox, books: Books, accounts: list[ServiceAccount], period: Period) -> None:
    """The list of keys and bots, once at the start and once after a key changed hands."""
    deliveries = []
    for day in _list_days(period):
        rows = [
            {
                "source": row.source,
                "account_name": row.account_name,
                "kind": row.kind,
                "owner_employee_id": row.owner_employee_id,
                "from_date": text(row.from_date),
                "to_date": text(_known_end(row.to_date, row.end_known, day)),
            }
            for row in accounts
            if row.known <= day
        ]
        name = f"service_accounts_{day}_{stamp(day, 1, time(1, 30))}.csv"
        inbox.put("identity", "service_accounts", name, as_csv(ACCOUNT_COLUMNS, rows))
        deliveries.append((day, [(row["source"], row["account_name"], row["from_date"]) for row in rows]))
    _book_keyed(books, "identity", "service_accounts", deliveries)


def write_agreements(inbox: Inbox, books: Books, agreements: list[Agreement], period: Period) -> None:
    """The agreements, at the start and once more in the middle when one had been added."""
    deliveries = []
    for day in _list_days(period):
        rows = [
            {
                "country_code": row.country_code,
                "legal_entity_code": row.legal_entity_code,
                "agreement_id": row.agreement_id,
                "from_date": text(row.from_date),
                "to_date": text(row.to_date),
            }
            for row in agreements
            if row.known <= day
        ]
        name = f"agreements_{day}_{stamp(day, 1, time(1, 40))}.csv"
        inbox.put("governance", "agreements", name, as_csv(AGREEMENT_COLUMNS, rows))
        keys = [
            (row["country_code"], row["legal_entity_code"], row["agreement_id"], row["from_date"])
            for row in rows
        ]
        deliveries.append((day, keys))
    _book_keyed(books, "governance", "agreements", deliveries)


def org_unit_spans(period: Period) -> list[dict[str, str | None]]:
    """Org units as the snapshots tell them: `from` is the first snapshot that says so, `to` inclusive."""
    change = org_change(period)
    before = org_units_on(period.first, change)
    if change is None:
        return [{**row, "from": text(period.first), "to": None} for row in before]
    spans: list[dict[str, str | None]] = []
    for old, new in zip(before, org_units_on(period.last, change), strict=True):
        if old == new:
            spans.append({**old, "from": text(period.first), "to": None})
        else:
            spans.append({**old, "from": text(period.first), "to": text(change - DAY)})
            spans.append({**new, "from": text(change), "to": None})
    return spans
