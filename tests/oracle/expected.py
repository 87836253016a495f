"""Builds the rows that must be published: facts, a person's days, tiers as of every date, spans, weeks.

Each table is a dictionary from its grain to its columns; rules are in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .person_days import DAY, SCOPES, TOOLS, PersonDay, person_days
from .rules import (
    Tier,
    WindowDay,
    is_mode_active,
    is_substantive,
    reaches_floor,
    standard_28d,
    weekly_pattern,
)
from .truth import Mode, Person, ToolDay, Truth, holds, read_truth

SETTLE_DAYS = 3
WINDOW_DAYS = 28
MEASURES = (
    "intentional_action_count",
    "passive_action_count",
    "automated_action_count",
    "session_count",
    "prompt_count",
    "suggestion_shown_count",
    "suggestion_accepted_count",
    "edit_accepted_count",
    "edit_rejected_count",
    "lines_suggested_count",
    "lines_added_count",
    "lines_removed_count",
    "commit_count",
    "pull_request_count",
    "input_token_count",
    "output_token_count",
    "cache_read_token_count",
    "cache_write_token_count",
)


@dataclass(frozen=True)
class TierSpan:
    """One row of dim_employee_tier; valid_to is exclusive, None is open."""

    scope_code: str
    employee_id: str
    tier: tuple[str, str | None, str | None, bool | None, str | None]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class TierWeek:
    """One row of fct_employee_tier_weekly; the evidence of the tier is in thousandths of days."""

    tier: Tier
    active_week_count: int
    intentional_action_count: int


@dataclass
class Expected:
    """Every expected row. Keys: employee_id, then the rest of the table's grain."""

    tool_daily: dict[tuple[str, str, date], dict[str, Any]] = field(default_factory=dict)
    mode_daily: dict[tuple[str, str, str, date], dict[str, Any]] = field(default_factory=dict)
    model_daily: dict[tuple[str, str, str, date], dict[str, Any]] = field(default_factory=dict)
    engagement_daily: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    tiers: dict[tuple[str, str, date], Tier] = field(default_factory=dict)
    tier_spans: list[TierSpan] = field(default_factory=list)
    tier_weeks: dict[tuple[str, str, date], TierWeek] = field(default_factory=dict)


def expected(truth_dir: Path, first_date: date, as_of: date) -> Expected:
    """All rows after a run up to and including `as_of`, where `first_date` is the first date in the data.

    `tiers` and `tier_weeks` are keyed (scope_code, employee_id, as-of date or Monday of the week).
    """
    truth = read_truth(truth_dir)
    result = Expected()
    _add_facts(result, truth, as_of)
    for person in truth.people:
        days = person_days(truth, person, first_date - (SETTLE_DAYS + WINDOW_DAYS) * DAY, as_of)
        _add_engagement(result, truth, person, days, first_date=first_date, as_of=as_of)
        for scope in SCOPES:
            _add_tiers(result, person, days, scope, first_date=first_date, as_of=as_of)
    return result


def _dates(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + offset * DAY


def _is_provisional(day: date, as_of: date) -> bool:
    return day > as_of - SETTLE_DAYS * DAY


def _is_tool_active(tool_day: ToolDay) -> bool:
    return tool_day.measures.get("intentional_action_count", 0) > 0 or tool_day.has_active_flag


# --- facts -------------------------------------------------------------------------------------------------


def _add_facts(result: Expected, truth: Truth, as_of: date) -> None:
    people = {person.employee_id: person for person in truth.people}
    for (employee_id, tool, day), tool_day in truth.usage.items():
        person = people[employee_id]
        is_published = any(holds(span, day) for span in person.stints)
        is_published = is_published and any(holds(span, day) for span in person.included)
        if day > as_of or not is_published:
            continue
        result.tool_daily[employee_id, tool, day] = _tool_row(tool_day, day, as_of)
        for mode in tool_day.modes:
            result.mode_daily[employee_id, tool, mode.mode_code, day] = _mode_row(mode)
        for model in tool_day.models:
            columns = {name: value for name, value in model.items() if name != "model_name"}
            row = {"request_count": None, **columns}
            result.model_daily[employee_id, tool, model["model_name"], day] = row


def _tool_row(tool_day: ToolDay, day: date, as_of: date) -> dict[str, Any]:
    row: dict[str, Any] = {
        "is_active": _is_tool_active(tool_day),
        "is_substantive": is_substantive(tool_day.modes),
    }
    row |= {measure: tool_day.measures.get(measure) for measure in MEASURES}
    row |= {"list_cost_usd": tool_day.list_cost_usd, "billed_cost_usd": None}
    return row | {"is_provisional": _is_provisional(day, as_of)}


def _mode_row(mode: Mode) -> dict[str, Any]:
    return {
        "is_active": is_mode_active(mode),
        "is_substantive": reaches_floor(mode.mode_code, [mode]),
        "evidence_basis": "flag" if mode.is_by_flag else "count",
        "intentional_action_count": mode.count,
    }


# --- a person's days ---------------------------------------------------------------------------------------


def _add_engagement(
    result: Expected,
    truth: Truth,
    person: Person,
    days: dict[date, PersonDay],
    *,
    first_date: date,
    as_of: date,
) -> None:
    for day, person_day in days.items():
        if day < first_date:
            continue
        used = [truth.usage.get((person.employee_id, tool, day)) for tool in TOOLS]
        tool_days = [tool_day for tool_day in used if tool_day is not None]
        active_count = sum(_is_tool_active(tool_day) for tool_day in tool_days)
        counts = [tool_day.measures.get("intentional_action_count") for tool_day in tool_days]
        stated = [count for count in counts if count is not None]
        costs = [tool_day.list_cost_usd for tool_day in tool_days if tool_day.list_cost_usd is not None]
        result.engagement_daily[person.employee_id, day] = {
            "engagement_status": _status(person_day, active_count),
            "expected_thousandths": person_day.fraction,
            "is_substantive": person_day.in_scope("all").is_substantive,
            "active_tool_count": active_count,
            "intentional_action_count": sum(stated) if stated else None,
            "list_cost_usd": sum(costs, Decimal(0)) if costs else None,
            "is_provisional": _is_provisional(day, as_of),
        }


def _status(person_day: PersonDay, active_count: int) -> str:
    if active_count > 0:
        return "active"
    if person_day.fraction == 0:
        return "not_expected"
    return "unknown" if person_day.missing else "inactive"


# --- tiers -------------------------------------------------------------------------------------------------


def _add_tiers(
    result: Expected,
    person: Person,
    days: dict[date, PersonDay],
    scope: str,
    *,
    first_date: date,
    as_of: date,
) -> None:
    in_scope = {day: person_day.in_scope(scope) for day, person_day in days.items()}
    span: TierSpan | None = None
    for day in _dates(first_date, as_of):
        if day not in days:
            _close(result, span, day)
            span = None
            continue
        start, end = day - (SETTLE_DAYS + WINDOW_DAYS - 1) * DAY, day - SETTLE_DAYS * DAY
        window = {each: in_scope[each] for each in _dates(start, end) if each in in_scope}
        today = days[day]
        weekly = weekly_pattern(today.attributes)
        tier = standard_28d(list(window.values()), weekly, today.hired_date >= start)
        result.tiers[scope, person.employee_id, day] = tier
        if span is None or span.tier != tier.published:
            _close(result, span, day)
            span = TierSpan(scope, person.employee_id, tier.published, day, None)
        if day.weekday() == 6:
            result.tier_weeks[scope, person.employee_id, day - 6 * DAY] = _week(tier, window, days, scope)
    if span is not None:
        result.tier_spans.append(span)


def _close(result: Expected, span: TierSpan | None, day: date) -> None:
    """File a span that ended before this day."""
    if span is not None:
        closed = TierSpan(span.scope_code, span.employee_id, span.tier, span.valid_from, day)
        result.tier_spans.append(closed)


def _week(tier: Tier, window: dict[date, WindowDay], days: dict[date, PersonDay], scope: str) -> TierWeek:
    tools, mode_codes = SCOPES[scope]
    weeks = {day.isocalendar()[:2] for day, window_day in window.items() if window_day.is_active}
    actions = sum(
        mode.count or 0
        for day in window
        for tool, mode in days[day].modes
        if tool in tools and mode.mode_code in mode_codes
    )
    return TierWeek(tier, len(weeks), actions)
