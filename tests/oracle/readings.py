"""The thresholds of a rule against the evidence of a window: as observed, at the low and at the high end.

Exact throughout: shares and means are compared by cross-multiplication, a score is a Fraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .evidence import WHOLE, Evidence
from .policies import Policy, Rule

Percentiles = Mapping[int, Fraction]


@dataclass(frozen=True)
class Reading:
    """The values that thresholds are compared with, at one end."""

    days: int
    active: int
    substantive: int
    active_days: int
    habit_weeks: int
    measure: int
    week_weight: int
    has_no_bound: bool
    breadth: int
    score: Fraction


@dataclass(frozen=True)
class Readings:
    """All three."""

    observed: Reading
    low: Reading
    high: Reading


def readings(policy: Policy, evidence: Evidence, pattern: int) -> Readings:
    """The three readings of one window; `pattern` is P."""
    habit_weeks = evidence.habit_weeks(policy)
    observed_score, low_score, high_score = scores(policy, evidence)
    observed = Reading(
        days=evidence.observed,
        active=evidence.active.observed,
        substantive=evidence.substantive.observed,
        active_days=evidence.active_days,
        habit_weeks=habit_weeks,
        measure=evidence.measure,
        week_weight=evidence.week_weight(policy, pattern, of_observed=True),
        has_no_bound=False,
        breadth=len(evidence.used),
        score=observed_score,
    )
    if not evidence.is_open:  # nothing is missing: E is O, and there is one reading
        return Readings(observed, observed, observed)
    weight = evidence.week_weight(policy, pattern, of_observed=False)
    low = Reading(
        days=evidence.expected,
        active=evidence.active.low,
        substantive=evidence.substantive.low,
        active_days=evidence.active_days,
        habit_weeks=habit_weeks,
        measure=evidence.measure,
        week_weight=weight,
        has_no_bound=False,
        breadth=len(evidence.used),
        score=low_score,
    )
    high = Reading(
        days=evidence.expected,
        active=evidence.active.high,
        substantive=evidence.substantive.high,
        active_days=evidence.active_days + len(evidence.unobserved),
        habit_weeks=evidence.possible_habit_weeks(policy),
        measure=evidence.measure,
        week_weight=weight,
        has_no_bound=weight > 0,
        breadth=len(evidence.used | evidence.missing),
        score=high_score,
    )
    return Readings(observed, low, high)


def holds(rule: Rule, reading: Reading, percentiles: Percentiles) -> bool:
    """Whether every threshold of a rule holds."""
    percent, active_percent = rule.minimum_substantive_percent, rule.minimum_active_percent
    return (
        (percent is None or _is_share(reading.substantive, percent, reading.days))
        and (active_percent is None or _is_share(reading.active, active_percent, reading.days))
        and (rule.minimum_active_days is None or reading.active_days >= rule.minimum_active_days)
        and (rule.minimum_active_weeks is None or reading.habit_weeks >= rule.minimum_active_weeks)
        and (rule.minimum_weekly_mean is None or _reaches_mean(reading, rule.minimum_weekly_mean))
        and (rule.above_weekly_mean is None or _exceeds_mean(reading, rule.above_weekly_mean))
        and (rule.minimum_breadth is None or reading.breadth >= rule.minimum_breadth)
        and (rule.minimum_score is None or reading.score >= rule.minimum_score)
        and (
            rule.minimum_percentile is None or _reaches_cutoff(reading, rule.minimum_percentile, percentiles)
        )
    )


def _is_share(part: int, percent: int, whole: int) -> bool:
    return whole > 0 and 100 * part >= percent * whole


def _reaches_mean(reading: Reading, mean: Fraction) -> bool:
    is_reached = WHOLE * reading.measure >= mean * reading.week_weight
    return reading.week_weight > 0 and (reading.has_no_bound or is_reached)


def _exceeds_mean(reading: Reading, mean: Fraction) -> bool:
    is_exceeded = WHOLE * reading.measure > mean * reading.week_weight
    return reading.week_weight > 0 and (reading.has_no_bound or is_exceeded)


def _reaches_cutoff(reading: Reading, percentile: int, percentiles: Percentiles) -> bool:
    """A percentile that the group's cut-offs do not hold is reached by nobody."""
    cutoff = percentiles.get(percentile)
    return cutoff is not None and _reaches_mean(reading, cutoff)


# --- score -------------------------------------------------------------------------------------------------


def scores(policy: Policy, evidence: Evidence) -> tuple[Fraction, Fraction, Fraction]:
    """The score as observed, at least and at most over every completion. Nothing for a policy without one."""
    if not policy.score_parts:
        return Fraction(0), Fraction(0), Fraction(0)
    used, reachable = len(evidence.used), len(evidence.reachable)
    depth = _depth(evidence.measure, evidence.active_days)
    observed = _score(policy, evidence.active.observed, evidence.observed, depth, used, reachable)
    if not evidence.is_open:
        return observed, observed, observed
    low = min(
        _score(policy, active, evidence.expected, _depth(evidence.measure, days), breadth, reach)
        for active, days, breadth, reach in _flagged(policy, evidence)
    )
    high = _score(
        policy,
        evidence.active.high,
        evidence.expected,
        None,
        len(evidence.used | evidence.missing),
        len(evidence.reachable | evidence.missing),
    )
    return observed, low, high


def _depth(measure: int, days: int) -> Fraction:
    return Fraction(measure, days) if days else Fraction(0)


def _score(  # noqa: PLR0917
    policy: Policy, active: int, days: int, depth: Fraction | None, used: int, reachable: int
) -> Fraction:
    """A depth of None is full."""
    total = Fraction(0)
    for part in policy.score_parts:
        if part.part_code == "frequency":
            value = _at_most_one(active, part.full_at * days)
        elif part.part_code == "depth":
            value = Fraction(1) if depth is None else _at_most_one(depth, part.full_at)
        elif part.part_code == "breadth":
            value = _at_most_one(used, min(part.full_at, Fraction(reachable)))
        else:
            raise ValueError(part.part_code)
        total += part.weight_percent * value
    return total


def _at_most_one(value: int | Fraction, full: Fraction) -> Fraction:
    return min(Fraction(1), value / full) if full > 0 else Fraction(0)


def _flagged(policy: Policy, evidence: Evidence) -> Iterator[tuple[int, int, int, int]]:
    """(A, n, U, G) of the completions that can score least: unobserved days used without an action.

    More active days raise the frequency and lower the depth; a tool not used before raises the breadth. So
    for each set of such tools, the days that could become active by them or by a tool used before do so one
    after the other, those of the smallest fraction first. Where off-days stand in, a day that becomes active
    may have counted before: the frequency then stays at its least, which is a bound.
    """
    new_tools = sorted(evidence.missing - evidence.used)
    for size in range(len(new_tools) + 1):
        for chosen in combinations(new_tools, size):
            tools = evidence.used | set(chosen)
            reach = len(evidence.reachable | tools)
            active, days = evidence.active.low, evidence.active_days
            yield active, days, len(tools), reach
            for fraction in sorted(part for part, missing in evidence.unobserved if missing & tools):
                active += 0 if policy.off_days_stand_in else fraction
                days += 1
                yield active, days, len(tools), reach
