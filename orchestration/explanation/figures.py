"""The figures of a window: what a person's days add up to, in the columns that the wording is written from.

docs/how-tiers-are-decided.md is the rule text. Only the observed reading belongs here; ranges are published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from orchestration.explanation.days import INACTIVE, UNDECIDED, UNKNOWN, Day, PersonDays
from orchestration.explanation.rule_rows import Policy, Window

WHOLE = 1000
ACTIVE_DAYS, SUBSTANTIVE_DAYS = "active_day_count", "substantive_day_count"


@dataclass(frozen=True)
class Week:
    """What a window holds of one ISO week; thousandths of days, weight in thousandths of weeks."""

    week_start_date: date
    expected: int
    observed: int
    active_days: int
    measure: int
    weight: int


@dataclass(frozen=True)
class Figures:
    """Columns of int_tier_figure and the day counts, the weeks they come from, and what cannot be had."""

    values: dict[str, Any]
    weeks: list[Week]
    doubts: list[str] = field(default_factory=list)
    has_weekly_sums: bool = False


def add_up(
    policy: Policy, window: Window, person: PersonDays, weekly: Mapping[str, Any] | None, pattern: int
) -> Figures:
    """The figures of the days; where the weekly table holds the same window, its sums stand for what the days
    leave open. `pattern` is the expected thousandths of a usual week.
    """
    days = person.days
    weeks = [_week(policy, day, list(of_week), pattern) for day, of_week in _by_week(days)]
    observed_days = [day for day in days if day.status not in {UNKNOWN, UNDECIDED}]
    standing = (
        [pair for _, of_week in _by_week(days) for pair in _stand_ins(list(of_week))]
        if policy.off_days_stand_in
        else []
    )
    used = frozenset().union(*(day.used_tools for day in days))
    grantable = {
        feed.tool_id
        for feed in person.feeds
        for day in days
        if day.expected and person.access.may_use(feed.tool_id, day.activity_date)
    }
    unobserved = [day for day in days if day.is_unobserved]
    missing = Counter(reason.text for day in days for reason in day.missing)
    values: dict[str, Any] = {
        "expected_thousandths": sum(day.expected for day in days),
        "observed_thousandths": sum(day.expected for day in observed_days),
        "active_thousandths": sum(day.expected for day in days if day.is_active)
        + sum(idle.expected for idle, _ in standing),
        "substantive_thousandths": sum(day.expected for day in days if day.is_substantive)
        + sum(idle.expected for idle, off_day in standing if off_day.is_substantive),
        "active_day_count": sum(day.is_active for day in days),
        "unobserved_day_count": len(unobserved),
        "active_week_count": sum(week.active_days > 0 for week in weeks),
        "reached_week_count": sum(
            week.measure >= policy.active_week_minimum for week in weeks if week.active_days or week.measure
        ),
        "used_tool_count": len(used),
        "usable_tool_count": len(used | grantable),
        "measure_value": sum(week.measure for week in weeks),
        "observed_week_weight": sum(week.weight for week in weeks),
        "needed_expected_thousandths": min(
            policy.minimum_expected_days * WHOLE, policy.minimum_pattern_weeks * pattern
        ),
        "expected_date_count": sum(day.expected > 0 for day in days),
        "not_expected_date_count": sum(day.expected == 0 for day in days),
        "not_employed_date_count": len(person.not_employed),
        "not_in_use_date_count": len(person.not_in_use),
        "active_expected_date_count": sum(day.is_active and day.expected > 0 for day in days),
        "unobserved_expected_date_count": sum(day.expected > 0 for day in unobserved),
        "partly_observed_date_count": sum(day.is_active and bool(day.missing) for day in days),
        "missing_feed_date_count": sum(missing.values()),
        "missing_feeds_text": ", ".join(
            f"{reason} on {count} day{'' if count == 1 else 's'}" for reason, count in sorted(missing.items())
        ),
    }
    doubts = _doubts(policy, window, person)
    if weekly is not None:
        values |= _published_sums(weekly, values)
        # nothing covers a day before the data begins
        values["missing_feed_date_count"] += len(person.before_data)
        # no action tells how many weeks weigh where some lie before the data
        doubts = doubts if person.before_data and weekly["weekly_mean"] == 0 else []
    return Figures(values, weeks, doubts, weekly is not None)


def weekly_row_start(policy: Policy, as_of: date) -> date | None:
    """The Monday of the row of fct_employee_tier_weekly with the same window, if there can be one."""
    sunday = policy.window(as_of).last if policy.counts_weeks else as_of
    return sunday - timedelta(days=6) if sunday.isoweekday() == 7 else None


def usual_week(expected: Iterable[tuple[date, int]]) -> int:
    """The thousandths of a usual week: for each weekday the most that any such day shows."""
    most: dict[int, int] = {}
    for day, thousandths in expected:
        most[day.isoweekday()] = max(most.get(day.isoweekday(), 0), thousandths)
    return sum(most.values())


def _by_week(days: list[Day]) -> Iterable[tuple[date, Iterable[Day]]]:
    return groupby(days, key=lambda day: day.activity_date - timedelta(days=day.activity_date.weekday()))


def _week(policy: Policy, start: date, days: list[Day], pattern: int) -> Week:
    observed = sum(day.expected for day in days if day.status not in {UNKNOWN, UNDECIDED})
    return Week(
        week_start_date=start,
        expected=sum(day.expected for day in days),
        observed=observed,
        active_days=sum(day.is_active for day in days),
        measure=sum(measured(policy, day) for day in days),
        weight=_weight(policy, observed, pattern),
    )


def measured(policy: Policy, day: Day) -> int:
    """What one day adds to the policy's measure."""
    if policy.measure_code == ACTIVE_DAYS:
        return int(day.is_active)
    if policy.measure_code == SUBSTANTIVE_DAYS:
        return int(day.is_substantive)
    return day.action_count


def _weight(policy: Policy, expected: int, pattern: int) -> int:
    if expected <= 0:
        return 0
    if policy.week_weighting == "pro_rata" and pattern > 0:
        return min(WHOLE, expected * WHOLE // pattern)
    return WHOLE


def _stand_ins(days: list[Day]) -> list[tuple[Day, Day]]:
    """Pairs of an idle expected day that was observed and the active day off of its week that stands in."""
    off_days = sorted(
        (day for day in days if day.is_active and day.expected == 0),
        key=lambda day: (not day.is_substantive, day.activity_date),
    )
    idle = sorted(
        (day for day in days if not day.is_active and day.expected > 0),
        key=lambda day: (day.status != INACTIVE, -day.expected, day.activity_date),
    )
    return [pair for pair in zip(idle, off_days, strict=False) if pair[0].status == INACTIVE]


def _doubts(policy: Policy, window: Window, person: PersonDays) -> list[str]:
    """Why the days alone do not give the figures, in words."""
    doubts = []
    if person.before_data:
        doubts.append(f"{_days(len(person.before_data))} of the window lie before the published data begins")
    if undecided := sum(day.status == UNDECIDED for day in person.days):
        doubts.append(
            f"on {_days(undecided)} a feed is missing; whether the person could use its tool is not published"
        )
    return doubts


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _published_sums(weekly: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
    """What the weekly table says of the same window, in the columns of the figures."""
    sums = {
        f"{name}_thousandths": int(weekly[f"{name}_day_count"] * WHOLE)
        for name in ("expected", "observed", "active", "substantive")
    }
    mean: Decimal | None = weekly["weekly_mean"]
    if mean is None:
        sums["observed_week_weight"] = 0
    elif mean > 0:
        sums["observed_week_weight"] = int((computed["measure_value"] * WHOLE / mean).to_integral_value())
    return sums
