"""The rules that decide numbers, one function each: floors, expected fraction, tier.

Whole numbers throughout (fractions in thousandths), shares compared by cross-multiplication. No data access.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .truth import Attributes, Mode

TIER_RANKS = {"none": 0, "light": 1, "moderate": 2, "heavy": 3}
WHOLE_DAY = 1000


def is_mode_active(mode: Mode) -> bool:
    """Any intentional action of the mode, or one of its flags other than a passive one."""
    return (mode.count or 0) > 0 or mode.has_active_flag


def reaches_floor(mode_code: str, modes: Iterable[Mode]) -> bool:
    """Whether the rows of one mode (of one tool, or of several) together make a day substantive."""
    rows = list(modes)
    if any(row.is_by_flag and row.has_active_flag for row in rows):
        return True
    prompts = sum(row.prompts or 0 for row in rows)
    if mode_code == "chat":
        return prompts >= 3
    if mode_code == "completion":
        return sum(row.count or 0 for row in rows) >= 10
    if mode_code == "agent":
        sessions = sum(row.sessions or 0 for row in rows)
        decided = sum((row.edits or 0) + (row.commits or 0) for row in rows)
        return prompts >= 3 or (sessions >= 1 and decided >= 1)
    return False


def is_substantive(modes: Iterable[Mode]) -> bool:
    """Whether one mode, summed over the rows given, reaches its floor."""
    by_code: dict[str, list[Mode]] = {}
    for mode in modes:
        by_code.setdefault(mode.mode_code, []).append(mode)
    return any(reaches_floor(code, rows) for code, rows in by_code.items())


def weekday_thousandths(attributes: Attributes, weekday: int) -> int:
    """The part of a weekday (Monday is 0) a person works, before holidays and leave."""
    if attributes.working_weekdays:
        return WHOLE_DAY if attributes.working_weekdays[weekday] == "1" else 0
    return attributes.fte_thousandths if weekday < 5 else 0


def weekly_pattern(attributes: Attributes) -> int:
    """Thousandths of days in a person's week."""
    return sum(weekday_thousandths(attributes, weekday) for weekday in range(7))


def expected_fraction(pattern: int, is_holiday: bool, leave: int) -> int:
    """f of a day: the pattern of the weekday, nothing on a holiday, less leave (at most a whole day)."""
    if is_holiday:
        return 0
    return pattern * (WHOLE_DAY - min(WHOLE_DAY, leave)) // WHOLE_DAY


@dataclass(frozen=True)
class WindowDay:
    """One day of a person's window in one scope."""

    fraction: int
    is_active: bool = False
    is_substantive: bool = False
    is_granted: bool = True
    is_missing: bool = False


@dataclass(frozen=True)
class Tier:
    """A tier with the range that missing days leave open, and its evidence in thousandths of days."""

    tier_code: str
    tier_low_code: str | None
    tier_high_code: str | None
    is_firm: bool | None
    reason_code: str | None
    expected: int
    observed: int
    active: int
    substantive: int

    @property
    def published(self) -> tuple[str, str | None, str | None, bool | None, str | None]:
        """What a span of dim_employee_tier is made of."""
        return self.tier_code, self.tier_low_code, self.tier_high_code, self.is_firm, self.reason_code


def rate(substantive: int, active: int, denominator: int, has_any_active: bool) -> str:
    """heavy from 60% substantive, moderate from 25% active, light from any active day, else none."""
    if denominator > 0 and substantive * 100 >= 60 * denominator:
        return "heavy"
    if denominator > 0 and active * 100 >= 25 * denominator:
        return "moderate"
    return "light" if has_any_active else "none"


def standard_28d(days: Sequence[WindowDay], weekly: int, was_hired_inside: bool) -> Tier:
    """The tier of a window; `weekly` is the weekly pattern, `was_hired_inside` means since its start."""
    expected = observed = active = substantive = 0
    high_substantive = high_active = 0
    has_any_active = could_be_active = has_access = False
    for day in days:
        has_any_active = has_any_active or day.is_active
        is_unobserved = day.is_missing and not day.is_active
        could_be_active = could_be_active or day.is_active or is_unobserved
        if day.fraction == 0:
            continue
        has_access = has_access or day.is_granted
        expected += day.fraction
        if day.is_active:
            active += day.fraction
            high_active += day.fraction
        if day.is_active and day.is_substantive:
            substantive += day.fraction
            high_substantive += day.fraction
        elif day.is_missing:
            high_substantive += day.fraction
        if is_unobserved:
            high_active += day.fraction
        else:
            observed += day.fraction
    if not has_access and not has_any_active:
        return Tier("not_rated", None, None, None, "no_access", expected, observed, active, substantive)
    if expected < min(5 * WHOLE_DAY, 2 * weekly):
        reason = "too_new" if was_hired_inside else "absent"
        return Tier("not_rated", None, None, None, reason, expected, observed, active, substantive)
    low = rate(substantive, active, expected, has_any_active)
    high = rate(high_substantive, high_active, expected, could_be_active)
    tier, reason_code = rate(substantive, active, observed, has_any_active), None
    if observed * 100 < 80 * expected and low != high:
        tier, reason_code = "unknown", "coverage"
    return Tier(tier, low, high, low == high, reason_code, expected, observed, active, substantive)
