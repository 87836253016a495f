"""What a tier policy is, and the five that are shipped, written down from the rule text and from no seed.

Nothing is evaluated here: windows are in `windows.py`, thresholds in `readings.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

ALWAYS = date(2024, 1, 1)


@dataclass(frozen=True)
class Rule:
    """One tier: all thresholds that are stated must hold. Percentages and scores are of 100."""

    tier_code: str
    minimum_substantive_percent: int | None = None
    minimum_active_percent: int | None = None
    minimum_active_days: int | None = None
    minimum_active_weeks: int | None = None
    minimum_weekly_mean: Fraction | None = None
    above_weekly_mean: Fraction | None = None
    minimum_breadth: int | None = None
    minimum_score: int | None = None
    minimum_percentile: int | None = None


@dataclass(frozen=True)
class ScorePart:
    """One part of a score: `frequency`, `depth` or `breadth`."""

    part_code: str
    weight_percent: int
    full_at: Fraction


@dataclass(frozen=True)
class Policy:
    """One version of a policy; its rules are tried in their order, and the last one always holds."""

    policy_id: str
    scopes: tuple[str, ...]
    window_unit: str
    window_length: int
    rules: tuple[Rule, ...]
    policy_version: int = 1
    effective_from: date = ALWAYS
    effective_to: date | None = None
    settle_days: int = 3
    measure_code: str = "intentional_action_count"
    active_week_minimum: int = 1
    week_weighting: str = "whole"
    off_days_stand_in: bool = False
    minimum_expected_days: int = 5
    minimum_pattern_weeks: int = 2
    coverage_floor_percent: int = 80
    score_parts: tuple[ScorePart, ...] = ()

    @property
    def needs_cutoffs(self) -> bool:
        """Whether a rule compares with a percentile."""
        return any(rule.minimum_percentile is not None for rule in self.rules)

    def is_in_force(self, as_of: date) -> bool:
        """`effective_to` is exclusive."""
        return self.effective_from <= as_of and (self.effective_to is None or as_of < self.effective_to)


def in_force(policies: Iterable[Policy], as_of: date) -> list[Policy]:
    """The versions that hold on a date, at most one of each policy."""
    return [policy for policy in policies if policy.is_in_force(as_of)]


STANDARD = Policy(
    "standard_28d",
    ("all", "coding", "chat_document"),
    "day",
    28,
    (
        Rule("heavy", minimum_substantive_percent=60),
        Rule("moderate", minimum_active_percent=25),
        Rule("light", minimum_active_days=1),
        Rule("none"),
    ),
)


def usage_segments(policy_id: str, weeks: int, habit_weeks: int) -> Policy:
    """Microsoft's public usage segments over some calendar weeks."""
    return Policy(
        policy_id,
        ("all",),
        "week",
        weeks,
        (
            Rule("power_user", minimum_active_weeks=habit_weeks, minimum_weekly_mean=Fraction(15)),
            Rule("habitual_user", minimum_active_weeks=habit_weeks),
            Rule("novice_user", minimum_weekly_mean=Fraction(1)),
            Rule("low_user", above_weekly_mean=Fraction(0)),
            Rule("non_user"),
        ),
    )


VIVA_12 = usage_segments("viva_12w", 12, 9)
VIVA_4 = usage_segments("viva_4w", 4, 4)

SCORE = Policy(
    "score_28d",
    ("all",),
    "day",
    28,
    (
        Rule("score_75", minimum_score=75),
        Rule("score_50", minimum_score=50),
        Rule("score_25", minimum_score=25),
        Rule("score_below_25", minimum_active_days=1),
        Rule("none"),
    ),
    score_parts=(
        ScorePart("frequency", 50, Fraction(60, 100)),
        ScorePart("depth", 30, Fraction(5)),
        ScorePart("breadth", 20, Fraction(3)),
    ),
)

QUARTILE = Policy(
    "quartile_4w",
    ("claude_code", "github_copilot", "chatgpt"),
    "week",
    4,
    (
        Rule("upper_quarter", minimum_percentile=75, above_weekly_mean=Fraction(0)),
        Rule("third_quarter", minimum_percentile=50, above_weekly_mean=Fraction(0)),
        Rule("second_quarter", minimum_percentile=25, above_weekly_mean=Fraction(0)),
        Rule("lower_quarter", above_weekly_mean=Fraction(0)),
        Rule("none"),
    ),
    week_weighting="pro_rata",
)

SHIPPED = (STANDARD, VIVA_12, VIVA_4, SCORE, QUARTILE)
