"""Reads the truth that a sample leaves beside its inbox; decides nothing.

Formats: docstring of orchestration/sample. Date ranges are inclusive, None is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

PersonToolDay = tuple[str, str, date]
Span = tuple[date, date | None]


@dataclass(frozen=True)
class Mode:
    """One mode of one tool on one day; None is what the vendor does not state."""

    mode_code: str
    count: int | None = None
    prompts: int | None = None
    sessions: int | None = None
    edits: int | None = None
    commits: int | None = None
    has_active_flag: bool = False
    is_by_flag: bool = False


@dataclass(frozen=True)
class ToolDay:
    """What a person did with a tool on a day."""

    measures: dict[str, int]
    list_cost_usd: Decimal | None
    has_active_flag: bool
    modes: tuple[Mode, ...]
    models: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Attributes:
    """What decides a person's expected days and group, and from when to when."""

    span: Span
    country_code: str
    subdivision: str
    working_weekdays: str
    fte_thousandths: int
    line_of_business: str = ""


@dataclass(frozen=True)
class Person:
    """One person as the truth states them."""

    employee_id: str
    stints: tuple[Span, ...]
    attributes: tuple[Attributes, ...]
    leave: tuple[tuple[date, date, int], ...]
    entitlements: tuple[tuple[str, str, Span], ...]
    included: tuple[Span, ...]


@dataclass(frozen=True)
class Truth:
    """Everything the oracle knows."""

    has_entitlements: bool
    people: tuple[Person, ...]
    usage: dict[PersonToolDay, ToolDay]
    covered: frozenset[tuple[str, date]]
    uncovered_person_days: frozenset[PersonToolDay]


def holds(span: Span, day: date) -> bool:
    """Whether a day lies in an inclusive span."""
    return span[0] <= day and (span[1] is None or day <= span[1])


def read_truth(folder: Path) -> Truth:
    """Everything in a `sample_truth` folder. Usage feeds are named by their tool."""
    about = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    covered = {
        (row["source"], _day(row["date"])) for row in _rows(folder / "coverage.jsonl") if row["is_covered"]
    }
    uncovered = {
        (row["employee_id"], row["source"], _day(row["date"]))
        for row in _rows(folder / "uncovered_person_days.jsonl")
    }
    usage = {
        (row["employee_id"], row["tool_id"], _day(row["date"])): _tool_day(row)
        for row in _rows(folder / "usage.jsonl")
    }
    return Truth(
        has_entitlements=about["has_entitlements"],
        people=tuple(_person(row) for row in _rows(folder / "people.jsonl")),
        usage=usage,
        covered=frozenset(covered),
        uncovered_person_days=frozenset(uncovered),
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _span(start: str, end: str | None) -> Span:
    return _day(start), None if end is None else _day(end)


def _person(row: dict[str, Any]) -> Person:
    return Person(
        employee_id=row["employee_id"],
        stints=tuple(_span(stint["hired_date"], stint["last_date"]) for stint in row["stints"]),
        attributes=tuple(
            Attributes(
                span=_span(part["from"], part["to"]),
                country_code=part["country_code"],
                subdivision=part["country_subdivision_code"],
                working_weekdays=part["working_weekdays"],
                fte_thousandths=int(Decimal(part["fte_fraction"]) * 1000),
                line_of_business=part.get("line_of_business", ""),
            )
            for part in row["attributes"]
        ),
        leave=tuple((_day(part["start"]), _day(part["end"]), part["thousandths"]) for part in row["leave"]),
        entitlements=tuple(
            (part["tool_id"], part["status"], _span(part["from"], part["to"])) for part in row["entitlements"]
        ),
        included=tuple(_span(part["from"], part["to"]) for part in row["included"]),
    )


def _tool_day(row: dict[str, Any]) -> ToolDay:
    measures = dict(row["measures"])
    cost = measures.pop("list_cost_usd", None)
    return ToolDay(
        measures=measures,
        list_cost_usd=None if cost is None else Decimal(cost),
        has_active_flag=row["has_active_flag"],
        modes=tuple(Mode(**mode) for mode in row["modes"]),
        models=tuple({**model, "list_cost_usd": Decimal(model["list_cost_usd"])} for model in row["models"]),
    )
