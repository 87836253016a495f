"""Writes the truth beside the inbox, from what was drawn; the package's docstring is its description.

Never reads a file of the inbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.sample.accounts import Agreement, included_spans
from orchestration.sample.deliveries import Books, Fate
from orchestration.sample.measures import ModeDay, ToolDay
from orchestration.sample.people import Person, spans_within_stints
from orchestration.sample.period import DAY
from orchestration.sample.usage import Company, Usage
from orchestration.sample.usage_files import USAGE_FEEDS
from orchestration.sample.workforce_files import org_unit_spans

Row = dict[str, Any]
MICRO = Decimal("0.000001")


def write_truth(
    folder: Path, company: Company, agreements: list[Agreement], usage: Usage, books: Books
) -> None:
    """Write every file of the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    period = company.period
    about = {
        "employees": len(company.people),
        "first_date": period.first.isoformat(),
        "last_date": period.last.isoformat(),
        "seed": company.seed,
        "has_entitlements": True,
    }
    (folder / "company.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    people = [person for person in company.people if person.stints]
    _write(folder / "people.jsonl", (_person(person, agreements) for person in people))
    _write(folder / "identities.jsonl", _identities(company))
    _write(
        folder / "usage.jsonl",
        (_tool_day(*key, tool_day) for key, tool_day in sorted(usage.truth.items(), key=_key)),
    )
    _write(folder / "coverage.jsonl", _coverage(company, books))
    _write(
        folder / "uncovered_person_days.jsonl",
        (
            {"employee_id": employee_id, "source": source, "feed": feed, "date": day.isoformat()}
            for employee_id, source, feed, day in books.uncovered_person_days
        ),
    )
    _write(folder / "reconciliation.jsonl", _reconciliation(books))
    _write(folder / "org_units.jsonl", org_unit_spans(period))


def _key(item: tuple[tuple[str, str, date], ToolDay]) -> tuple[date, str, str]:
    (employee_id, tool, day), _ = item
    return day, employee_id, tool


def _write(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _person(person: Person, agreements: list[Agreement]) -> Row:
    return {
        "employee_id": person.employee_id,
        "profile": person.profile,
        "stints": [
            {"hired_date": _text(stint.hired_date), "last_date": _text(stint.last_date)}
            for stint in person.stints
        ],
        "attributes": [
            {"from": _text(start), "to": _text(end), "display_name": person.display_name, **columns}
            for start, end, columns, _ in spans_within_stints(person)
        ],
        "leave": [
            {"start": _text(row.start), "end": _text(row.end), "thousandths": row.thousandths}
            for row in person.leave
            if row.withdrawn is None
        ],
        "entitlements": [
            {
                "tool_id": row.tool_id,
                "status": row.status,
                "from": _text(row.from_date),
                "to": _text(row.to_date),
            }
            for row in person.entitlements
        ],
        "included": [
            {"from": _text(start), "to": _text(end)} for start, end in included_spans(person, agreements)
        ],
    }


def _identities(company: Company) -> Iterable[Row]:
    for person in company.people:
        spans: dict[tuple[str, str], list[tuple[date, date | None]]] = {}
        for start, end, columns, _ in spans_within_stints(person):
            emails = [columns["work_email"], *columns["email_aliases"].split(";")]
            names = [("email", email.lower()) for email in emails if email]
            if columns["github_login"]:
                names.append(("login", columns["github_login"].lower()))
            for pair in dict.fromkeys(names):
                known = spans.setdefault(pair, [])
                if known and known[-1][1] is not None and known[-1][1] + DAY == start:
                    known[-1] = (known[-1][0], end)
                else:
                    known.append((start, end))
        for (kind, name), ranges in spans.items():
            for start, end in ranges:
                yield _identity(person.employee_id, kind, name, start, end)
    for account in company.accounts:
        if account.owner_employee_id:
            yield _identity(
                account.owner_employee_id,
                "api_key",
                account.account_name,
                account.from_date,
                account.to_date,
            )


def _identity(employee_id: str, kind: str, name: str, start: date, end: date | None) -> Row:
    return {"employee_id": employee_id, "kind": kind, "name": name, "from": _text(start), "to": _text(end)}


def _tool_day(employee_id: str, tool: str, day: date, truth: ToolDay) -> Row:
    measures: Row = dict(truth.measures)
    if truth.list_cost is not None:
        measures["list_cost_usd"] = str(truth.list_cost.quantize(MICRO))
    return {
        "employee_id": employee_id,
        "tool_id": tool,
        "date": day.isoformat(),
        "measures": measures,
        "has_active_flag": truth.has_active_flag,
        "modes": [_mode(code, mode) for code, mode in sorted(truth.modes.items())],
        "models": [
            {"model_name": name, **counts, "list_cost_usd": str(truth.model_costs[name].quantize(MICRO))}
            for name, counts in sorted(truth.models.items())
        ],
    }


def _mode(code: str, mode: ModeDay) -> Row:
    row: Row = {
        "mode_code": code,
        "count": mode.count,
        "prompts": mode.prompts,
        "sessions": mode.sessions,
        "edits": mode.edits,
        "commits": mode.commits,
    }
    stated = {name: value for name, value in row.items() if value is not None}
    return stated | {"has_active_flag": mode.has_active_flag, "is_by_flag": mode.is_by_flag}


def _coverage(company: Company, books: Books) -> Iterable[Row]:
    for source, feed in USAGE_FEEDS:
        for day in company.period.days:
            is_covered = day in books.covered[(source, feed)]
            yield {"source": source, "feed": feed, "date": day.isoformat(), "is_covered": is_covered}


def _reconciliation(books: Books) -> Iterable[Row]:
    for (source, feed, day), counts in sorted(books.counts.items()):
        row: Row = {"source": source, "feed": feed, "date": day.isoformat()}
        row["record_count"] = sum(counts.values())
        yield row | {fate.value: counts[fate] for fate in Fate}
