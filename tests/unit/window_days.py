"""Days of made-up windows for tests of the oracle's tiers: shapes without a date, laid out in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tests.oracle.evidence import WindowDay

MONDAY = date(2026, 3, 2)
CHAT = frozenset({"chatgpt"})
BOTH = frozenset({"chatgpt", "claude_code"})

IDLE = WindowDay(MONDAY, 1000, granted=CHAT)
ACTIVE = replace(IDLE, used=CHAT, actions=1)
SUBSTANTIVE = replace(ACTIVE, is_substantive=True, actions=5)
MISSING = replace(IDLE, missing=CHAT)
OFF = replace(IDLE, fraction=0)
USED_OFF = replace(SUBSTANTIVE, fraction=0)
MISSING_OFF = replace(MISSING, fraction=0)
BARRED = WindowDay(MONDAY, 1000)
# One of two tools was used, of the other nothing is known.
THIN = replace(ACTIVE, granted=BOTH, missing=BOTH - CHAT)


def half(shape: WindowDay) -> WindowDay:
    """The same on half a day."""
    return replace(shape, fraction=500)


def laid_out(shapes: Sequence[WindowDay], first: date = MONDAY) -> list[WindowDay]:
    """One day after the other, weekends included: what a shape expects of its day is in the shape."""
    return [replace(shape, day=first + timedelta(days=number)) for number, shape in enumerate(shapes)]


def weeks(*shapes_of_a_week: Sequence[WindowDay]) -> list[WindowDay]:
    """Each list starts on a Monday, the first on MONDAY."""
    days: list[WindowDay] = []
    for number, shapes in enumerate(shapes_of_a_week):
        days += laid_out(shapes, MONDAY + timedelta(days=7 * number))
    return days
