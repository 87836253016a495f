"""From a person's window to the tier that is published of it, with its range and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .cutoffs import ScopeCutoffs
from .evidence import WHOLE, Evidence, WindowDay, gather
from .policies import Policy
from .readings import Reading, holds, readings

Published = tuple[str, str | None, str | None, bool | None, str | None]
MICRO = 1_000_000


@dataclass(frozen=True)
class Subject:
    """What a tier depends on beside the days: P, whether hired inside the window, the person's group."""

    pattern: int
    was_hired_inside: bool = False
    line_of_business: str = ""


@dataclass(frozen=True)
class Tier:
    """A tier with the range that missing days leave open, and its published evidence.

    `expected` to `substantive` are thousandths of days; `active_week_count` counts weeks with an active day,
    whatever the policy's measure says of them.
    """

    tier_code: str
    tier_low_code: str | None
    tier_high_code: str | None
    is_firm: bool | None
    reason_code: str | None
    expected: int
    observed: int
    active: int
    substantive: int
    active_week_count: int
    intentional_action_count: int | None
    weekly_mean: Decimal | None

    @property
    def published(self) -> Published:
        """What a span of dim_employee_tier is made of."""
        return self.tier_code, self.tier_low_code, self.tier_high_code, self.is_firm, self.reason_code


def rate(
    policy: Policy,
    days: Sequence[WindowDay],
    subject: Subject,
    cutoffs: ScopeCutoffs | None = None,
) -> Tier:
    """The tier of a window's existing days; `cutoffs` are those of the scope on the as-of date."""
    return rate_evidence(policy, gather(policy, days), subject, cutoffs)


def rate_evidence(
    policy: Policy,
    evidence: Evidence,
    subject: Subject,
    cutoffs: ScopeCutoffs | None = None,
) -> Tier:
    """The same, of what was gathered before."""
    return _tier(_decide(policy, evidence, subject, cutoffs), policy, evidence, subject)


def _decide(policy: Policy, evidence: Evidence, subject: Subject, cutoffs: ScopeCutoffs | None) -> Published:
    if not evidence.granted and evidence.active_days == 0:
        return _not_rated("no_access")
    least = min(WHOLE * policy.minimum_expected_days, policy.minimum_pattern_weeks * subject.pattern)
    if evidence.expected < least:
        return _not_rated("too_new" if subject.was_hired_inside else "absent")
    percentiles: Mapping[int, Fraction] = {}
    reason = None
    if policy.needs_cutoffs:
        found = None if cutoffs is None else cutoffs.of_person(subject.line_of_business)
        if found is None:
            return _not_rated("no_cutoffs")
        percentiles, is_company = found
        reason = "company_cutoffs" if is_company else None
    three = readings(policy, evidence, subject.pattern)
    observed, low, high = (
        _rule_number(policy, reading, percentiles) for reading in (three.observed, three.low, three.high)
    )
    low_code, high_code = policy.rules[low].tier_code, policy.rules[high].tier_code
    is_firm = low_code == high_code
    if 100 * evidence.observed < policy.coverage_floor_percent * evidence.expected and not is_firm:
        return "unknown", low_code, high_code, False, "coverage"
    # Of a window of which little was observed, the observed reading may fall out of the range that the known
    # days leave: then the nearest end is the tier, and a firm tier is always both of its ends.
    nearest = max(high, min(low, observed))
    return policy.rules[nearest].tier_code, low_code, high_code, is_firm, reason


def _not_rated(reason: str) -> Published:
    return "not_rated", None, None, None, reason


def _rule_number(policy: Policy, reading: Reading, percentiles: Mapping[int, Fraction]) -> int:
    """The first rule that holds, counted from 0."""
    return next(number for number, rule in enumerate(policy.rules) if holds(rule, reading, percentiles))


def _tier(published: Published, policy: Policy, evidence: Evidence, subject: Subject) -> Tier:
    mean = evidence.weekly_mean(policy, subject.pattern)
    return Tier(
        *published,
        expected=evidence.expected,
        observed=evidence.observed,
        active=evidence.active.observed,
        substantive=evidence.substantive.observed,
        active_week_count=evidence.active_weeks,
        intentional_action_count=evidence.actions,
        weekly_mean=None if mean is None else _six_decimals(mean),
    )


def _six_decimals(value: Fraction) -> Decimal:
    """Rounded half up; no value here is negative."""
    millionths = (2 * value.numerator * MICRO + value.denominator) // (2 * value.denominator)
    return (Decimal(millionths) / MICRO).quantize(Decimal("0.000001"), ROUND_HALF_UP)
