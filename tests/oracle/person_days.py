"""Follows one person day by day: employed, included, expected, granted, missing, what they did.

Uses the calendars of the `holidays` package; which numbers follow from the days is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from .evidence import WindowDay, stated_sum
from .rules import expected_fraction, is_mode_active, is_substantive, weekday_thousandths
from .truth import Attributes, Mode, Person, Truth, holds

DAY = timedelta(days=1)
TOOLS = ("claude_code", "github_copilot", "chatgpt")
IN_USE_FROM = date(2024, 1, 1)
MODES = {
    "claude_code": ("agent",),
    "github_copilot": ("completion", "chat", "agent", "agent_autonomous", "review"),
    "chatgpt": ("chat",),
}
SCOPE_MODES = {
    "all": ("completion", "chat", "agent", "agent_autonomous", "review", "office"),
    "coding": ("completion", "agent", "agent_autonomous", "review"),
    "chat_document": ("chat", "office"),
}
# Of a scope of several tools those that have one of its modes; of a scope of one tool all modes of the tool.
SCOPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    scope: (tuple(tool for tool in TOOLS if set(MODES[tool]) & set(modes)), modes)
    for scope, modes in SCOPE_MODES.items()
} | {tool: ((tool,), SCOPE_MODES["all"]) for tool in TOOLS}


@cache
def public_holidays(country_code: str, subdivision: str, year: int) -> frozenset[date]:
    """Public holidays, observed days as the package gives them, of a country or of its subdivision."""
    import holidays

    calendar = holidays.country_holidays(
        country_code, subdiv=subdivision or None, years=year, categories=(holidays.PUBLIC,)
    )
    return frozenset(calendar)


def is_holiday(country_code: str, subdivision: str, day: date) -> bool:
    """Whether the calendar of a country, or of its subdivision where one is stated, has a holiday."""
    return day in public_holidays(country_code, subdivision, day.year)


@dataclass(frozen=True)
class PersonDay:
    """One day of an employed and included person."""

    day: date
    attributes: Attributes
    hired_date: date
    fraction: int
    granted: tuple[str, ...]
    missing: tuple[str, ...]
    modes: tuple[tuple[str, Mode], ...]

    def in_scope(self, scope: str) -> WindowDay:
        """The day as a tier of a scope sees it; floors are summed over the tools of the scope alone."""
        tools, mode_codes = SCOPES[scope]
        modes = [(tool, mode) for tool, mode in self.modes if tool in tools and mode.mode_code in mode_codes]
        return WindowDay(
            day=self.day,
            fraction=self.fraction,
            is_substantive=is_substantive(mode for _, mode in modes),
            actions=stated_sum(mode.count for _, mode in modes),
            used=frozenset(tool for tool, mode in modes if is_mode_active(mode)),
            granted=frozenset(tool for tool in self.granted if tool in tools),
            missing=frozenset(tool for tool in self.missing if tool in tools),
        )


def person_days(truth: Truth, person: Person, first: date, last: date) -> dict[date, PersonDay]:
    """Every date of the range on which the person is employed and included."""
    days: dict[date, PersonDay] = {}
    for offset in range((last - first).days + 1):
        day = first + offset * DAY
        stint = next((span for span in person.stints if holds(span, day)), None)
        if stint is not None and any(holds(span, day) for span in person.included):
            days[day] = _person_day(truth, person, day, stint[0])
    return days


def _person_day(truth: Truth, person: Person, day: date, hired_date: date) -> PersonDay:
    attributes = next(part for part in person.attributes if holds(part.span, day))
    leave = sum(part for start, end, part in person.leave if start <= day <= end)
    granted = tuple(tool for tool in TOOLS if _is_granted(truth, person, tool, day))
    missing = tuple(
        tool
        for tool in granted
        if (tool, day) not in truth.covered or (person.employee_id, tool, day) in truth.uncovered_person_days
    )
    modes = []
    for tool in TOOLS:
        tool_day = truth.usage.get((person.employee_id, tool, day))
        if tool_day is not None:
            modes += [(tool, mode) for mode in tool_day.modes]
    return PersonDay(
        day=day,
        attributes=attributes,
        hired_date=hired_date,
        fraction=expected_fraction(
            weekday_thousandths(attributes, day.weekday()),
            is_holiday(attributes.country_code, attributes.subdivision, day),
            leave,
        ),
        granted=granted,
        missing=missing,
        modes=tuple(modes),
    )


def _is_granted(truth: Truth, person: Person, tool: str, day: date) -> bool:
    if day < IN_USE_FROM:
        return False
    if not truth.has_entitlements:
        return True
    return any(
        row_tool == tool and status == "granted" and holds(span, day)
        for row_tool, status, span in person.entitlements
    )
