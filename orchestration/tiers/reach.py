"""Whether a rule can ever decide: what its thresholds make certain, and which others follow from that.

Only what docs/how-tiers-are-decided.md makes certain for everybody is concluded; doubt counts as possible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.tiers.policies import PolicyVersion, Thresholds

_NONE = Decimal(-1)


@dataclass(frozen=True)
class Certain:
    """The least that is true of everybody for whom all thresholds of a rule hold.

    Percentages of observed days hold only with observed expected days (`has_observed`), means only with weeks
    that weigh something (`has_weight`). `mean_above` is exclusive, `mean` inclusive; -1 = nothing is known.
    """

    substantive_percent: int
    active_percent: int
    has_observed: bool
    active_days: int
    active_weeks: int
    has_weight: bool
    mean: Decimal
    mean_above: Decimal
    has_measure: bool
    breadth: int
    score: int
    percentile: int


def certain(rule: Thresholds, version: PolicyVersion) -> Certain:
    """What the thresholds of a rule make certain.

    A substantive day is an active one; a share, a week, a tool, a mean or a score above 0 needs an active
    day, because every action and every flag that counts makes its day active; days are at least as many as
    active weeks.
    """
    substantive = rule.minimum_substantive_percent or 0
    active = max(rule.minimum_active_percent or 0, substantive)
    has_observed = rule.minimum_substantive_percent is not None or rule.minimum_active_percent is not None
    weeks = rule.minimum_active_weeks or 0
    mean = _NONE if rule.minimum_weekly_mean is None else rule.minimum_weekly_mean
    above = _NONE if rule.above_weekly_mean is None else rule.above_weekly_mean
    breadth, score = rule.minimum_breadth or 0, rule.minimum_score or 0
    uses = active > 0 or weeks > 0 or mean > 0 or above >= 0 or breadth > 0 or score > 0
    days = max(rule.minimum_active_days or 0, weeks, int(uses))
    compares = mean >= 0 or above >= 0 or rule.minimum_percentile is not None
    return Certain(
        substantive_percent=substantive,
        active_percent=active,
        has_observed=has_observed,
        active_days=days,
        active_weeks=weeks,
        # An observed expected day gives its week weight; pro rata it can be too short to.
        has_weight=compares or (has_observed and version.week_weighting == "whole"),
        mean=mean,
        mean_above=above,
        has_measure=weeks > 0
        or mean > 0
        or above >= 0
        or (version.measure_code == "active_day_count" and days > 0)
        or (version.measure_code == "substantive_day_count" and substantive > 0),
        breadth=max(breadth, int(days > 0)),
        score=score,
        percentile=-1 if rule.minimum_percentile is None else rule.minimum_percentile,
    )


def follows(earlier: Thresholds, known: Certain) -> bool:
    """Whether every threshold of an earlier rule holds wherever `known` does."""
    demands = earlier.demanded
    tests: dict[str, Callable[[Any], bool]] = {
        "minimum_substantive_percent": lambda v: known.has_observed and known.substantive_percent >= v,
        "minimum_active_percent": lambda v: known.has_observed and known.active_percent >= v,
        "minimum_active_days": lambda v: known.active_days >= v,
        "minimum_active_weeks": lambda v: known.active_weeks >= v,
        "minimum_weekly_mean": lambda v: (
            known.has_weight and (v == 0 or max(known.mean, known.mean_above) >= v)
        ),
        "above_weekly_mean": lambda v: (
            known.has_weight and (known.mean > v or known.mean_above >= v or (v == 0 and known.has_measure))
        ),
        "minimum_breadth": lambda v: known.breadth >= v,
        "minimum_score": lambda v: known.score >= v,
        "minimum_percentile": lambda v: known.percentile >= v,
    }
    return all(tests[name](value) for name, value in demands.items())


def most_active_weeks(version: PolicyVersion) -> int:
    """How many ISO weeks its window touches at most."""
    if version.window_unit == "week":
        return version.window_length
    return (version.window_length + 5) // 7 + 1


def most_active_days(version: PolicyVersion) -> int:
    """How many days its window has."""
    return version.window_length * (7 if version.window_unit == "week" else 1)
