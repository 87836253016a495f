"""The oracle's tiers of single windows at their boundaries, each figure worked out by hand in the test.

Only the oracle is tested here: `test_oracle_range.py` tries its low and high by brute force, the golden
tests compare the warehouse with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle.cutoffs import ScopeCutoffs
from tests.oracle.evidence import WindowDay, gather
from tests.oracle.policies import QUARTILE, SCORE, STANDARD, VIVA_4, VIVA_12, Policy
from tests.oracle.rating import Subject, Tier, rate
from tests.oracle.readings import scores
from tests.oracle.windows import has_weekly_row, weekly_window, window
from tests.unit.window_days import (
    ACTIVE,
    BARRED,
    BOTH,
    CHAT,
    IDLE,
    MISSING,
    MISSING_OFF,
    OFF,
    SUBSTANTIVE,
    THIN,
    USED_OFF,
    half,
    laid_out,
    weeks,
)

FULL_WEEK = Subject(5000)
STANDING_IN = replace(STANDARD, off_days_stand_in=True)


def _standard(
    shapes: Sequence[WindowDay], subject: Subject = FULL_WEEK, *, policy: Policy = STANDARD
) -> Tier:
    return rate(policy, laid_out(shapes), subject)


# --- windows -----------------------------------------------------------------------------------------------


def test_window_in_days_ends_when_the_settling_days_begin() -> None:
    assert window(STANDARD, date(2026, 3, 31)) == (date(2026, 3, 1), date(2026, 3, 28))


def test_window_in_weeks_moves_on_wednesdays() -> None:
    """Three days before Tuesday March 31 is a Saturday: the week to March 29 is not settled yet."""
    assert window(VIVA_4, date(2026, 3, 31)) == (date(2026, 2, 23), date(2026, 3, 22))
    assert window(VIVA_4, date(2026, 4, 1)) == (date(2026, 3, 2), date(2026, 3, 29))
    assert window(VIVA_4, date(2026, 4, 7)) == (date(2026, 3, 2), date(2026, 3, 29))
    assert window(VIVA_12, date(2026, 4, 1)) == (date(2026, 1, 5), date(2026, 3, 29))


def test_weekly_row_of_week_policies_looks_at_its_own_week_and_waits_for_it() -> None:
    sunday = date(2026, 3, 29)
    assert weekly_window(VIVA_4, sunday) == (date(2026, 3, 2), sunday)
    assert weekly_window(STANDARD, sunday) == (date(2026, 2, 27), date(2026, 3, 26))
    assert [has_weekly_row(VIVA_4, sunday, date(2026, 3, day)) for day in (29, 31)] == [False, False]
    assert has_weekly_row(VIVA_4, sunday, date(2026, 4, 1))
    assert has_weekly_row(STANDARD, sunday, sunday)
    assert not has_weekly_row(STANDARD, date(2026, 3, 28), sunday)


# --- who is rated ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "pattern", "is_rated"), [(5, 5000, True), (4, 5000, False), (4, 2000, True)]
)
def test_fewest_expected_days(days: int, pattern: int, is_rated: bool) -> None:
    """5 days, or half of four weeks of the pattern: 4 days for somebody who works 2 a week."""
    tier = _standard([IDLE] * days + [OFF] * 23, Subject(pattern))
    assert (tier.tier_code != "not_rated") == is_rated


def test_too_new_or_absent_when_there_is_too_little_to_expect() -> None:
    new = _standard([IDLE] * 4, Subject(5000, was_hired_inside=True))
    assert new.published == ("not_rated", None, None, None, "too_new")
    assert _standard([IDLE] * 4).published == ("not_rated", None, None, None, "absent")


def test_no_access_needs_no_grant_on_an_expected_day_and_no_use() -> None:
    barred_user = replace(ACTIVE, granted=frozenset())
    assert _standard([BARRED] * 20).reason_code == "no_access"
    assert _standard([BARRED] * 20 + [OFF]).reason_code == "no_access"
    assert _standard([BARRED] * 19 + [IDLE]).tier_code == "none"
    assert _standard([BARRED] * 19 + [barred_user]).tier_code == "light"


# --- standard_28d ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shapes", "tier"),
    [
        ([SUBSTANTIVE] * 12 + [IDLE] * 8, "heavy"),  # 12 of 20 is 60% exactly
        ([SUBSTANTIVE] * 11 + [half(SUBSTANTIVE), half(IDLE)] + [IDLE] * 8, "moderate"),  # 11.5 of 20
        ([ACTIVE] * 5 + [IDLE] * 15, "moderate"),  # 5 of 20 is 25% exactly
        ([ACTIVE] * 4 + [half(ACTIVE), half(IDLE)] + [IDLE] * 15, "light"),  # 4.5 of 20
        ([IDLE] * 20 + [USED_OFF] * 8, "light"),  # off-days alone
        ([IDLE] * 20 + [OFF] * 8, "none"),
    ],
)
def test_standard_thresholds(shapes: list[WindowDay], tier: str) -> None:
    assert _standard(shapes).published == (tier, tier, tier, True, None)


def test_missing_days_leave_a_range() -> None:
    """20 expected, 4 missing, 10 substantive: 62.5% of the 16 observed; low 10 of 20, high 14 of 20."""
    tier = _standard([SUBSTANTIVE] * 10 + [IDLE] * 6 + [MISSING] * 4)
    assert tier.published == ("heavy", "moderate", "heavy", False, None)  # 16 of 20 observed is 80% exactly


def test_unknown_below_eighty_percent_observed_unless_firm() -> None:
    """15 of 20 observed is 75%."""
    open_range = _standard([SUBSTANTIVE] * 10 + [IDLE] * 5 + [MISSING] * 5)
    assert open_range.published == ("unknown", "moderate", "heavy", False, "coverage")
    closed_range = _standard([SUBSTANTIVE] * 12 + [IDLE] * 3 + [MISSING] * 5)
    assert closed_range.published == ("heavy", "heavy", "heavy", True, None)


def test_everything_missing_is_unknown_between_none_and_heavy() -> None:
    assert _standard([MISSING] * 20).published == ("unknown", "none", "heavy", False, "coverage")


def test_uncovered_off_day_may_have_been_used() -> None:
    assert _standard([IDLE] * 20 + [MISSING_OFF]).published == ("none", "none", "light", False, None)


def test_thin_day_may_have_been_substantive() -> None:
    """11 substantive and 1 active of 20: 55%; with the missing feed 12 of 20, 60%. All 20 are observed."""
    tier = _standard([SUBSTANTIVE] * 11 + [THIN] + [IDLE] * 8)
    assert tier.published == ("moderate", "moderate", "heavy", False, None)
    assert tier.observed == 20000


# --- off-days that stand in --------------------------------------------------------------------------------


def test_off_day_stands_in_for_one_idle_day_of_its_week_and_only_where_the_policy_says_so() -> None:
    """Week 1 has 4 active days, an idle one and use on Saturday and Sunday; weeks 2 to 4 are idle.

    A is 4 of 20 (20%, light); with one of the off-days standing in 5 of 20 (25%, moderate). The other one
    has no idle day left, and those of week 2 are not its own.
    """
    days = weeks([ACTIVE] * 4 + [IDLE] + [USED_OFF] * 2, [IDLE] * 5, [IDLE] * 5, [IDLE] * 5)
    assert rate(STANDARD, days, FULL_WEEK).published == ("light", "light", "light", True, None)
    tier = rate(STANDING_IN, days, FULL_WEEK)
    assert tier.published == ("moderate", "moderate", "moderate", True, None)
    # The off-day was substantive, and so counts the idle day. n, M and E are what they were.
    assert (tier.active, tier.substantive, tier.expected, tier.intentional_action_count) == (
        5000,
        1000,
        20000,
        14,
    )


def test_substantive_off_days_take_the_largest_idle_days() -> None:
    """Half a day idle on Monday, a whole one on Tuesday; Saturday a little use, Sunday much.

    Sunday goes first and takes Tuesday: S is 1. Saturday takes Monday: A is 1.5.
    """
    little = replace(ACTIVE, fraction=0)
    days = weeks([half(IDLE), IDLE, OFF, OFF, OFF, little, USED_OFF])
    evidence = gather(STANDING_IN, days)
    assert (evidence.active.observed, evidence.substantive.observed) == (1500, 1000)


def test_stand_ins_for_missing_days() -> None:
    """Monday half a day seen idle, Tuesday a whole day missing, Saturday one substantive off-day.

    Observed: Saturday stands in for Monday, A = S = 0.5.
    Low of A: had nothing happened on Tuesday, it would be idle too and the larger: A = 1. (Had it been used,
    A = 1 + 0.5.) Low of S: had Tuesday seen a little use, it could not be stood in for: S = 0.5.
    High: Tuesday was substantive, and Saturday stands in for Monday: A = S = 1.5.
    """
    evidence = gather(STANDING_IN, weeks([half(IDLE), MISSING, OFF, OFF, OFF, USED_OFF]))
    active, substantive = evidence.active, evidence.substantive
    assert (active.observed, active.low, active.high) == (500, 1000, 1500)
    assert (substantive.observed, substantive.low, substantive.high) == (500, 500, 1500)


def test_missing_off_day_could_stand_in() -> None:
    """Monday seen idle, nothing known of Saturday: at most Saturday was substantive, and so A = S = 1."""
    evidence = gather(STANDING_IN, weeks([IDLE, OFF, OFF, OFF, OFF, MISSING_OFF]))
    assert (evidence.active.low, evidence.active.high) == (0, 1000)
    assert (evidence.substantive.low, evidence.substantive.high) == (0, 1000)


def test_firm_tier_is_both_of_its_ends_however_little_was_observed() -> None:
    """Week 1: the one expected day is missing, Saturday was used. Week 2: two half days, both seen idle.

    Nothing observed was used: A / O = 0 of 1, light. But Saturday stands in for the missing day, unless that
    was used itself: A is at least 1 of 2 expected, 50%. Low and high are moderate, so the tier is, too.
    """
    days = weeks([MISSING, OFF, OFF, OFF, OFF, replace(ACTIVE, fraction=0)], [half(IDLE), half(IDLE)])
    policy = replace(STANDING_IN, rules=STANDARD.rules[1:])
    assert rate(policy, days, Subject(1000)).published == ("moderate", "moderate", "moderate", True, None)


# --- usage segments ----------------------------------------------------------------------------------------


def _week(actions: int) -> list[WindowDay]:
    """Five expected days; all actions on the first."""
    return [replace(ACTIVE, actions=actions) if actions else IDLE] + [IDLE] * 4


@pytest.mark.parametrize(
    ("actions", "tier"),
    [
        ([15] * 12, "power_user"),
        ([20] * 9 + [0] * 3, "power_user"),  # 180 actions are 15 a week over twelve
        ([20] * 8 + [19] + [0] * 3, "habitual_user"),  # 179 are not
        ([30] * 8 + [0] * 4, "novice_user"),  # 8 weeks are no habit
        ([12] + [0] * 11, "novice_user"),  # 1 a week exactly
        ([11] + [0] * 11, "low_user"),
        ([0] * 12, "non_user"),
    ],
)
def test_segments_of_twelve_weeks(actions: list[int], tier: str) -> None:
    days = weeks(*map(_week, actions))
    assert rate(VIVA_12, days, FULL_WEEK).published == (tier, tier, tier, True, None)


def test_week_without_an_expected_day_is_left_out_of_the_mean_but_not_its_use() -> None:
    """Three weeks with 5 expected days and 2 actions in all, one on leave with 1: 3 / 3 = 1 a week."""
    days = weeks(_week(1), _week(1), _week(0), [replace(USED_OFF, actions=1)] + [OFF] * 6)
    tier = rate(VIVA_4, days, FULL_WEEK)
    assert (tier.tier_code, tier.weekly_mean, tier.active_week_count) == ("novice_user", Decimal(1), 3)


def test_missing_week_is_left_out_of_the_observed_mean_and_counts_in_the_low_one() -> None:
    """44 actions in three weeks, the fourth missing: 14.67 a week observed, 11 at least, no bound above."""
    days = weeks(_week(14), _week(15), _week(15), [MISSING] * 5)
    tier = rate(VIVA_4, days, FULL_WEEK)
    assert tier.published == ("unknown", "novice_user", "power_user", False, "coverage")
    assert tier.weekly_mean == Decimal("14.666667")


def test_one_missing_day_can_make_a_habit_but_does_not_lower_the_mean() -> None:
    """Nothing in week 4, whose Monday is missing. 15 of 19 observed days make no unknown (95%)."""
    days = weeks(_week(20), _week(20), _week(20), [MISSING] + [IDLE] * 4)
    tier = rate(VIVA_4, days, FULL_WEEK)
    assert tier.published == ("novice_user", "novice_user", "power_user", False, None)
    assert tier.weekly_mean == Decimal(15)


def test_use_on_off_days_alone_is_a_mean_over_all_weeks_where_no_expected_day_was_observed() -> None:
    """Every expected day is missing; each Saturday has 15 actions: a habit and at least 15 a week."""
    saturday = replace(USED_OFF, actions=15)
    days = weeks(*[[MISSING] * 5 + [saturday]] * 4)
    tier = rate(VIVA_4, days, FULL_WEEK)
    assert tier.published == ("power_user", "power_user", "power_user", True, None)
    assert tier.weekly_mean == Decimal(15)


# --- score -------------------------------------------------------------------------------------------------


def test_score_of_three_parts() -> None:
    """A = 6 of 20: 0.3 / 0.6 = half of 50 = 25. 3 actions a day of 5: 18. One of one tool: 20. In all 63."""
    days = laid_out([replace(ACTIVE, actions=3)] * 6 + [IDLE] * 14)
    assert set(scores(SCORE, gather(SCORE, days))) == {Fraction(63)}
    assert rate(SCORE, days, FULL_WEEK).published == ("score_50", "score_50", "score_50", True, None)


def test_score_parts_are_full_at_most_once_and_breadth_counts_what_one_may_use() -> None:
    """12 of 20 days are full frequency; 9 actions full depth; one tool of two is half of 20."""
    days = laid_out([replace(ACTIVE, granted=BOTH, actions=9)] * 15 + [IDLE] * 5)
    assert scores(SCORE, gather(SCORE, days))[0] == 90


def test_score_of_nothing_and_of_off_days_alone() -> None:
    """No expected day was active: no frequency. 5 actions on the off-day: 30. Its tool: 20."""
    assert rate(SCORE, laid_out([IDLE] * 20), FULL_WEEK).tier_code == "none"
    days = laid_out([IDLE] * 20 + [USED_OFF])
    assert scores(SCORE, gather(SCORE, days))[0] == 50


def test_least_score_may_be_one_with_more_active_days() -> None:
    """One of 20 days with 5 actions, 4 days missing.

    Observed 1 of 16 days: 50 x (1/16) / 0.6 = 125/24; depth 30; breadth 20.
    Idle throughout: 50 x (1/20) / 0.6 = 25/6; 30; 20, together 54 1/6. Each missing day that was used by a
    flag alone adds 25/6 and makes the depth 5/2, 5/3, 5/4, 5/5 actions a day: 15, 10, 7.5, 6 points. That is
    43 1/3, 42.5, 44 1/6, 46 5/6: the least is 42.5, with two more days. At most: 5 of 20 days,
    50 x 0.25 / 0.6 = 125/6, and 30 and 20: 70 5/6.
    """
    days = laid_out([SUBSTANTIVE] + [IDLE] * 15 + [MISSING] * 4)
    observed, low, high = scores(SCORE, gather(SCORE, days))
    assert observed == Fraction(125, 24) + 50
    assert low == Fraction(85, 2)
    assert high == Fraction(425, 6)
    assert rate(SCORE, days, FULL_WEEK).published == ("score_50", "score_25", "score_50", False, None)


def test_least_score_counts_a_tool_that_only_a_missing_day_could_have_used() -> None:
    """One of ten days used with one of two tools, 10 actions; on one idle day the other tool is missing.

    Idle: 50 x 0.1 / 0.6 = 25/3; depth 30 (10 of 5); breadth 10: 48 1/3. Used by a flag: 50/3; 30 (still 5 a
    day); 20: 66 2/3. The least is the idle one. With 5 actions it would be 30 -> 15: 25/3 + 30 + 10 = 48 1/3
    against 50/3 + 15 + 20 = 51 2/3, where without the tool's own breadth 41 2/3 would seem possible.
    """
    other = replace(IDLE, granted=BOTH, missing=BOTH - CHAT)
    for actions in (10, 5):
        used = replace(ACTIVE, granted=BOTH, actions=actions)
        days = laid_out([used] + [IDLE] * 8 + [other])
        assert scores(SCORE, gather(SCORE, days))[1] == Fraction(145, 3)


def test_thin_day_may_fill_depth_and_breadth() -> None:
    """One thin day of five, 1 action: 50 x 0.2 / 0.6 = 50/3, 30 / 5 = 6, breadth 10; at most 30 and 20."""
    days = laid_out([THIN] + [IDLE] * 4)
    observed, low, high = scores(SCORE, gather(SCORE, days))
    assert observed == low == Fraction(50, 3) + 16
    assert high == Fraction(50, 3) + 50


# --- percentiles -------------------------------------------------------------------------------------------

OWN = {25: Fraction(1), 50: Fraction(4), 75: Fraction(10)}
COMPANY = {25: Fraction(2), 50: Fraction(6), 75: Fraction(20)}
CUTOFFS = ScopeCutoffs({("line_of_business", "Markets"): OWN, ("company", "all"): COMPANY})


@pytest.mark.parametrize(
    ("actions", "line", "tier", "reason"),
    [
        (40, "Markets", "upper_quarter", None),  # 10 a week exactly
        (39, "Markets", "third_quarter", None),
        (4, "Markets", "second_quarter", None),
        (3, "Markets", "lower_quarter", None),
        (0, "Markets", "none", None),
        (40, "Payments", "third_quarter", "company_cutoffs"),
        (0, "Payments", "none", "company_cutoffs"),
    ],
)
def test_quartiles_of_the_own_line_or_else_of_the_company(
    actions: int, line: str, tier: str, reason: str | None
) -> None:
    days = weeks(_week(actions), _week(0), _week(0), _week(0))
    found = rate(QUARTILE, days, Subject(5000, line_of_business=line), CUTOFFS)
    assert found.published == (tier, tier, tier, True, reason)


def test_no_cutoffs_comes_after_the_other_reasons() -> None:
    days = weeks(_week(40), _week(0), _week(0), _week(0))
    nowhere, elsewhere = ScopeCutoffs({}), ScopeCutoffs({("line_of_business", "Markets"): OWN})
    for cutoffs in (nowhere, elsewhere):
        assert rate(QUARTILE, days, FULL_WEEK, cutoffs).published == (
            *("not_rated", None, None, None),
            "no_cutoffs",
        )
    assert rate(QUARTILE, days[:4], FULL_WEEK, nowhere).reason_code == "absent"
    assert rate(QUARTILE, laid_out([BARRED] * 20), FULL_WEEK, nowhere).reason_code == "no_access"


def test_weeks_counted_pro_rata() -> None:
    """Two whole weeks, one of 2 days of 5 (0.4), one without: 2.4 weeks; 12 actions are 5 a week."""
    days = weeks(_week(6), _week(6), [IDLE] * 2 + [OFF] * 5, [OFF] * 7)
    tier = rate(QUARTILE, days, Subject(5000, line_of_business="Markets"), CUTOFFS)
    assert (tier.tier_code, tier.weekly_mean) == ("third_quarter", Decimal(5))


def test_pro_rata_weight_is_cut_off_at_thousandths_and_at_a_whole_week() -> None:
    """1 day of 3 is 0.333; 4 days of a pattern of 3 are one week. 5 / 1.333 = 3.750938 (3.75093773...)."""
    days = weeks([replace(ACTIVE, actions=5)] + [OFF] * 6, [IDLE] * 4)
    assert rate(QUARTILE, days, Subject(3000), CUTOFFS).weekly_mean == Decimal("3.750938")
