"""Builds the rows that must be published: facts, a person's days, and of `tiers.py` the spans and weeks.

Each table is a dictionary from its grain to its columns; rules of a day are in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .cutoffs import Cutoffs
from .person_days import TOOLS, PersonDay, person_days
from .policies import SHIPPED, Policy
from .rating import Tier
from .rules import is_mode_active, is_substantive, reaches_floor
from .tiers import PersonTiers, TierSpan, TierWeekKey
from .truth import Mode, Person, ToolDay, Truth, holds, read_truth
from .windows import DAY, reach

SETTLE_DAYS = 3
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


@dataclass
class Expected:
    """Every expected row. Keys: employee_id, then the rest of the table's grain."""

    tool_daily: dict[tuple[str, str, date], dict[str, Any]] = field(default_factory=dict)
    mode_daily: dict[tuple[str, str, str, date], dict[str, Any]] = field(default_factory=dict)
    model_daily: dict[tuple[str, str, str, date], dict[str, Any]] = field(default_factory=dict)
    engagement_daily: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    tier_spans: list[TierSpan] = field(default_factory=list)
    tier_weeks: dict[TierWeekKey, Tier] = field(default_factory=dict)


def expected(
    truth_dir: Path,
    first_date: date,
    as_of: date,
    *,
    policies: Sequence[Policy] = SHIPPED,
    cutoffs: Cutoffs | None = None,
) -> Expected:
    """All rows after a run up to and including `as_of`, where `first_date` is the first date in the data."""
    truth = read_truth(truth_dir)
    result = Expected()
    _add_facts(result, truth, as_of)
    first_needed = first_date - max(reach(policy) for policy in policies)
    for person in truth.people:
        days = person_days(truth, person, first_needed, as_of)
        _add_engagement(result, truth, person, days, first_date=first_date, as_of=as_of)
        tiers = PersonTiers(person.employee_id, days, cutoffs or Cutoffs())
        result.tier_spans += tiers.spans(policies, first_date, as_of)
        result.tier_weeks |= tiers.weeks(policies, first_date, as_of)
    return result


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
