"""What a window holds for one person in one scope: sums, weeks, and what its missing days leave open.

Symbols are those of docs/how-tiers-are-decided.md. Thresholds are compared elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add

from .policies import Policy

WHOLE = 1000
NO_TOOLS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WindowDay:
    """One day of a person in one scope: `fraction` is f, `actions` what vendors stated (None: nothing)."""

    day: date
    fraction: int
    is_substantive: bool = False
    actions: int | None = None
    used: frozenset[str] = NO_TOOLS
    granted: frozenset[str] = NO_TOOLS
    missing: frozenset[str] = NO_TOOLS

    @property
    def is_active(self) -> bool:
        return bool(self.used)

    @property
    def is_unobserved(self) -> bool:
        return bool(self.missing) and not self.used

    @property
    def is_thin(self) -> bool:
        return bool(self.missing) and bool(self.used)


@dataclass(frozen=True)
class Three:
    """One sum in its three readings."""

    observed: int
    low: int
    high: int

    def __add__(self, other: Three) -> Three:
        return Three(self.observed + other.observed, self.low + other.low, self.high + other.high)


NOTHING = Three(0, 0, 0)


@dataclass(frozen=True)
class Week:
    """The sums of one ISO week of the window, cut at its ends; `is_open` where a day is unobserved or thin.

    `unobserved` are f and missing tools of each unobserved day, `granted` the tools granted on a day with
    f > 0.
    """

    expected: int
    observed: int
    active: Three
    substantive: Three
    active_days: int
    measure: int
    actions: int | None
    used: frozenset[str]
    missing: frozenset[str]
    granted: frozenset[str]
    unobserved: tuple[tuple[int, frozenset[str]], ...]

    @property
    def is_open(self) -> bool:
        return bool(self.missing)

    def weight(self, policy: Policy, pattern: int, *, of_observed: bool) -> int:
        """What the week counts in W, in thousandths. A person without a pattern counts whole weeks."""
        days = self.observed if of_observed else self.expected
        if days == 0:
            return 0
        if policy.week_weighting == "whole" or pattern == 0:
            return WHOLE
        return min(WHOLE, WHOLE * days // pattern)


class Evidence:
    """E, O, A, S, n, M, U and G of a window, from those of its weeks."""

    def __init__(self, weeks: Sequence[Week]) -> None:
        self.weeks = weeks
        self.expected = sum(week.expected for week in weeks)
        self.observed = sum(week.observed for week in weeks)
        self.active = reduce(add, (week.active for week in weeks), NOTHING)
        self.substantive = reduce(add, (week.substantive for week in weeks), NOTHING)
        self.active_days = sum(week.active_days for week in weeks)
        self.measure = sum(week.measure for week in weeks)
        self.actions = stated_sum(week.actions for week in weeks)
        self.active_weeks = sum(week.active_days > 0 for week in weeks)
        self.used = NO_TOOLS.union(*(week.used for week in weeks))
        self.missing = NO_TOOLS.union(*(week.missing for week in weeks))
        self.granted = NO_TOOLS.union(*(week.granted for week in weeks))
        self.unobserved = [day for week in weeks for day in week.unobserved]
        self.reachable = self.used | self.granted
        self.is_open = bool(self.missing)

    def week_weight(self, policy: Policy, pattern: int, *, of_observed: bool) -> int:
        """W, or W of the observed days."""
        weight = sum(week.weight(policy, pattern, of_observed=of_observed) for week in self.weeks)
        # use on days off alone is use, though no expected day was observed
        is_use_unobserved = of_observed and not weight and self.measure > 0
        return self.week_weight(policy, pattern, of_observed=False) if is_use_unobserved else weight

    def habit_weeks(self, policy: Policy) -> int:
        """V."""
        return sum(week.measure >= policy.active_week_minimum for week in self.weeks)

    def possible_habit_weeks(self, policy: Policy) -> int:
        """V, with the weeks that a missing day could bring up to the minimum."""
        return sum(week.measure >= policy.active_week_minimum or week.is_open for week in self.weeks)

    def weekly_mean(self, policy: Policy, pattern: int) -> Fraction | None:
        """The observed mean per week of the policy's measure; None where no week was observed."""
        weight = self.week_weight(policy, pattern, of_observed=True)
        return Fraction(WHOLE * self.measure, weight) if weight else None


def stated_sum(parts: Iterable[int | None]) -> int | None:
    """What is not stated adds nothing; of nothing stated there is no sum."""
    stated = [part for part in parts if part is not None]
    return sum(stated) if stated else None


def gather(policy: Policy, days: Iterable[WindowDay]) -> Evidence:
    """The evidence of the existing days of one window, in the measure of the policy."""
    by_week: dict[tuple[int, int], list[WindowDay]] = {}
    for day in days:
        by_week.setdefault(day.day.isocalendar()[:2], []).append(day)
    return Evidence([sum_week(policy, week) for week in by_week.values()])


def sum_week(policy: Policy, days: Sequence[WindowDay]) -> Week:
    """The sums of the existing days of one ISO week."""
    active, substantive = _own(days)
    if policy.off_days_stand_in:
        extra_active, extra_substantive = _stand_in(days)
        active, substantive = active + extra_active, substantive + extra_substantive
    return Week(
        expected=sum(day.fraction for day in days),
        observed=sum(day.fraction for day in days if not day.is_unobserved),
        active=active,
        substantive=substantive,
        active_days=sum(day.is_active for day in days),
        measure=_measure(policy, days),
        actions=stated_sum(day.actions for day in days),
        used=NO_TOOLS.union(*(day.used for day in days)),
        missing=NO_TOOLS.union(*(day.missing for day in days)),
        granted=NO_TOOLS.union(*(day.granted for day in days if day.fraction > 0)),
        unobserved=tuple((day.fraction, day.missing) for day in days if day.is_unobserved),
    )


def _own(week: Sequence[WindowDay]) -> tuple[Three, Three]:
    """A and S of days that were active themselves. Low: nothing happened on a missing day. High: all did."""
    active = sum(day.fraction for day in week if day.is_active)
    substantive = sum(day.fraction for day in week if day.is_substantive)
    could_be_active = sum(day.fraction for day in week if day.is_unobserved)
    could_be_substantive = sum(day.fraction for day in week if day.missing and not day.is_substantive)
    return (
        Three(active, active, active + could_be_active),
        Three(substantive, substantive, substantive + could_be_substantive),
    )


def _stand_in(week: Sequence[WindowDay]) -> tuple[Three, Three]:
    """What off-days that stand in for idle expected days of their ISO week add to A and S.

    Low of A: nothing happened on the missing days, so they are idle as well. Low of S: each unobserved day
    saw a little use, so that it is no longer idle and nothing can stand in for it. High of both: everything
    missing was substantive, off-days included, and the days that were seen idle are still idle.
    """
    off_days = [day for day in week if day.fraction == 0]
    seen_idle = _largest_first(day for day in week if not day.is_active and not day.missing)
    all_idle = _largest_first(day for day in week if not day.is_active)
    active = sum(day.is_active for day in off_days)
    substantive = sum(day.is_substantive for day in off_days)
    could_be_active = sum(day.is_active or day.is_unobserved for day in off_days)
    could_be_substantive = sum(day.is_substantive or bool(day.missing) for day in off_days)
    return (
        Three(sum(seen_idle[:active]), sum(all_idle[:active]), sum(seen_idle[:could_be_active])),
        Three(
            sum(seen_idle[:substantive]),
            sum(seen_idle[:substantive]),
            sum(seen_idle[:could_be_substantive]),
        ),
    )


def _largest_first(days: Iterable[WindowDay]) -> list[int]:
    return sorted((day.fraction for day in days if day.fraction > 0), reverse=True)


def _measure(policy: Policy, days: Sequence[WindowDay]) -> int:
    if policy.measure_code == "intentional_action_count":
        return stated_sum(day.actions for day in days) or 0
    if policy.measure_code == "active_day_count":
        return sum(day.is_active for day in days)
    if policy.measure_code == "substantive_day_count":
        return sum(day.is_substantive for day in days)
    raise ValueError(policy.measure_code)
