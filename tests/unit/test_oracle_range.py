"""The oracle's low and high against brute force: everything that missing days could hold is tried.

Windows are small and drawn with a recorded seed. A completion is one way in which missing tools may have
been used on their days; of a complete window the tier is the observed reading, which test_oracle_tiers.py
proves by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest

from tests.oracle.cutoffs import ScopeCutoffs
from tests.oracle.evidence import Evidence, Week, WindowDay, sum_week
from tests.oracle.policies import (
    SCORE,
    SHIPPED,
    STANDARD,
    Policy,
    Rule,
    usage_segments,
)
from tests.oracle.rating import Subject, rate, rate_evidence

SEED = 20261122
WINDOWS = 400
MOST_COMPLETIONS = 1500
TOOLS = ("one", "two", "three")
MANY = 1000
MONDAY = date(2026, 3, 2)
CUTOFFS = ScopeCutoffs({("company", "all"): {25: Fraction(1), 50: Fraction(5, 2), 75: Fraction(6)}})

BY_MEAN = (
    Rule("many", minimum_weekly_mean=Fraction(4)),
    Rule("some", minimum_weekly_mean=Fraction(5, 4)),
    Rule("few", above_weekly_mean=Fraction(0)),
    Rule("none"),
)
BY_HABIT = (Rule("two", minimum_active_weeks=2), Rule("one", minimum_active_weeks=1), Rule("none"))
# Each rule is one threshold, or several that one and the same completion brings to their ends.
ATTAINED = (
    *SHIPPED,
    replace(STANDARD, policy_id="standing_in", off_days_stand_in=True),
    usage_segments("viva_2w", 2, 2),
    replace(usage_segments("viva_pro_rata", 2, 2), week_weighting="pro_rata"),
    replace(STANDARD, policy_id="mean", rules=BY_MEAN),
    replace(STANDARD, policy_id="mean_pro_rata", rules=BY_MEAN, week_weighting="pro_rata"),
    replace(STANDARD, policy_id="habit_of_three", rules=BY_HABIT, active_week_minimum=3),
    replace(
        STANDARD,
        policy_id="days",
        rules=(Rule("three", minimum_active_days=3), Rule("one", minimum_active_days=1), Rule("none")),
    ),
    replace(
        STANDARD,
        policy_id="breadth",
        rules=(*(Rule(f"{count} tools", minimum_breadth=count) for count in (3, 2, 1)), Rule("none")),
    ),
    replace(
        SCORE,
        policy_id="fine_score",
        rules=(*(Rule(f"score {cut}", minimum_score=cut) for cut in range(95, 0, -5)), Rule("score 0")),
    ),
)
# Ends of several thresholds that no single completion need reach, or measures that days bound.
BOUNDED = (
    replace(SCORE, policy_id="score_standing_in", off_days_stand_in=True),
    replace(
        STANDARD,
        policy_id="joined",
        rules=(
            Rule("broad", minimum_active_percent=50, minimum_breadth=2, minimum_weekly_mean=Fraction(2)),
            Rule("deep", minimum_substantive_percent=50, minimum_score=40),
            Rule("wide", minimum_breadth=2),
            Rule("none"),
        ),
        score_parts=SCORE.score_parts,
        off_days_stand_in=True,
    ),
    replace(STANDARD, policy_id="active_days", rules=BY_MEAN, measure_code="active_day_count"),
    replace(STANDARD, policy_id="substantive_days", rules=BY_MEAN, measure_code="substantive_day_count"),
    replace(
        STANDARD,
        policy_id="habit_of_days",
        rules=BY_HABIT,
        measure_code="active_day_count",
        active_week_minimum=2,
    ),
)


def _drawn_day(rng: Random, day: date, tools: Sequence[str], *, is_missing: bool) -> WindowDay:
    """A day of any kind: half or whole, off, idle, lightly or much used, with or without a tool missing."""
    granted = frozenset(tool for tool in tools if rng.random() < 0.85)
    missing = frozenset(tool for tool in granted if is_missing and rng.random() < 0.7)
    used = frozenset(tool for tool in tools if rng.random() < (0.15 if is_missing else 0.3))
    actions = rng.choice((0, 1, 1, 2, 3, 8, 30)) if used else 0
    return WindowDay(
        day,
        fraction=rng.choice((0, 0, 500, 600, 1000, 1000)),
        is_substantive=bool(used) and rng.random() < 0.5,
        actions=actions,
        used=used,
        granted=granted,
        missing=missing,
    )


def _drawn_window(rng: Random) -> list[WindowDay]:
    """3 to 8 days in up to four weeks, 1 to 5 of them with a feed missing."""
    tools = TOOLS[: rng.randint(1, 3)]
    week_count = rng.choice((1, 2, 2, 3, 4))
    offsets = sorted(rng.sample(range(7 * week_count), min(7 * week_count, rng.randint(3, 8))))
    missing = set(rng.sample(offsets, min(len(offsets), rng.randint(1, 5))))
    return [
        _drawn_day(rng, MONDAY + timedelta(days=offset), tools, is_missing=offset in missing)
        for offset in offsets
    ]


def _completions_of_day(day: WindowDay) -> Iterator[WindowDay]:
    """No use of the missing tools, or use of some: a flag, one action or many, substantive or not."""
    observed = replace(day, missing=frozenset())
    yield observed
    for size in range(1, len(day.missing) + 1):
        for tools in combinations(sorted(day.missing), size):
            for actions, is_substantive in product((0, 1, MANY), (False, True)):
                yield replace(
                    observed,
                    used=day.used | set(tools),
                    actions=(day.actions or 0) + actions,
                    is_substantive=day.is_substantive or is_substantive,
                )


def _completions(policy: Policy, days: Sequence[WindowDay]) -> Iterator[Evidence]:
    """Every completion of a window; those of a week that come to the same sums are tried once."""
    by_week: dict[date, list[WindowDay]] = {}
    for day in days:
        by_week.setdefault(day.day - timedelta(days=day.day.weekday()), []).append(day)
    weeks: list[set[Week]] = [
        {sum_week(policy, completed) for completed in product(*map(_completions_of_day, week))}
        for week in by_week.values()
    ]
    for completed in product(*weeks):
        yield Evidence(completed)


def _count(days: Sequence[WindowDay]) -> int:
    count = 1
    for day in days:
        count *= 1 + 6 * (2 ** len(day.missing) - 1)
    return count


def _windows() -> Iterator[tuple[list[WindowDay], Subject]]:
    rng = Random(SEED)
    found = 0
    while found < WINDOWS:
        days, subject = _drawn_window(rng), Subject(pattern=rng.choice((0, 500, 1000, 1500)))
        if any(day.missing for day in days) and _count(days) <= MOST_COMPLETIONS:
            found += 1
            yield days, subject


def _ranks(policy: Policy) -> dict[str, int]:
    return {rule.tier_code: -number for number, rule in enumerate(policy.rules)}


@pytest.mark.parametrize("policy", ATTAINED + BOUNDED, ids=lambda policy: policy.policy_id)
def test_low_and_high_against_every_completion(policy: Policy) -> None:
    ranks = _ranks(policy)
    open_count = firm_count = 0
    for days, subject in _windows():
        tier = rate(policy, days, subject, CUTOFFS)
        if tier.tier_low_code is None or tier.tier_high_code is None:
            continue
        found = {
            rate_evidence(policy, evidence, subject, CUTOFFS).tier_code
            for evidence in _completions(policy, days)
        }
        reached = [ranks[code] for code in found]
        low, high = ranks[tier.tier_low_code], ranks[tier.tier_high_code]
        assert low <= min(reached) and max(reached) <= high, (days, subject, tier, found)
        if policy in ATTAINED:
            assert (low, high) == (min(reached), max(reached)), (days, subject, tier, found)
        if tier.is_firm:
            assert found == {tier.tier_code}, (days, subject, tier, found)
        if tier.tier_code != "unknown":
            assert low <= ranks[tier.tier_code] <= high, (days, subject, tier, found)
        open_count, firm_count = open_count + (not tier.is_firm), firm_count + bool(tier.is_firm)
    assert open_count > 20
    assert firm_count > 0
