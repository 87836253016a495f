"""The rules of a day, one function each: active, floors, expected fraction, weekly pattern.

Whole numbers throughout (fractions in thousandths). No data access; what makes a tier is in `rating.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from .truth import Attributes, Mode

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
