"""The oracle's rules at their boundaries, each figure worked out by hand in the test.

Only the oracle is tested here; that the warehouse agrees with it is tested elsewhere.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.expected import Expected, TierSpan, expected
from tests.oracle.person_days import is_holiday
from tests.oracle.rules import (
    WindowDay,
    expected_fraction,
    is_mode_active,
    rate,
    reaches_floor,
    standard_28d,
    weekday_thousandths,
    weekly_pattern,
)
from tests.oracle.truth import Attributes, Mode

FULL_WEEK = 5000
SUBSTANTIVE = WindowDay(1000, is_active=True, is_substantive=True)
ACTIVE = WindowDay(1000, is_active=True)
IDLE = WindowDay(1000)
MISSING = WindowDay(1000, is_missing=True)
OFF = WindowDay(0)


@pytest.mark.parametrize(
    ("substantive", "active", "observed", "any_active", "tier"),
    [
        (12000, 12000, 20000, True, "heavy"),  # 12 of 20 is 60% exactly
        (11999, 20000, 20000, True, "moderate"),
        (0, 5000, 20000, True, "moderate"),  # 5 of 20 is 25% exactly
        (0, 4999, 20000, True, "light"),
        (0, 0, 20000, True, "light"),
        (0, 0, 20000, False, "none"),
        (0, 0, 0, True, "light"),  # nothing observed: shares of nothing are never reached
        (0, 0, 0, False, "none"),
    ],
)
def test_tier_thresholds(substantive: int, active: int, observed: int, any_active: bool, tier: str) -> None:
    assert rate(substantive, active, observed, any_active) == tier


def test_sixty_percent_of_twenty_days_is_heavy_and_firm() -> None:
    tier = standard_28d([SUBSTANTIVE] * 12 + [IDLE] * 8, FULL_WEEK, False)
    assert tier.published == ("heavy", "heavy", "heavy", True, None)
    assert (tier.expected, tier.observed, tier.active, tier.substantive) == (20000, 20000, 12000, 12000)


def test_off_day_use_alone_is_light() -> None:
    used_on_saturday = WindowDay(0, is_active=True, is_substantive=True)
    tier = standard_28d([IDLE] * 20 + [used_on_saturday] * 8, FULL_WEEK, False)
    assert tier.published == ("light", "light", "light", True, None)
    assert tier.active == 0


def test_missing_days_leave_a_range() -> None:
    """20 expected, 4 missing, 10 substantive: 62.5% of the 16 observed; low 10 of 20, high 14 of 20."""
    tier = standard_28d([SUBSTANTIVE] * 10 + [IDLE] * 6 + [MISSING] * 4, FULL_WEEK, False)
    assert tier.published == ("heavy", "moderate", "heavy", False, None)  # 16 of 20 observed is 80% exactly


def test_unknown_below_eighty_percent_observed_unless_firm() -> None:
    """15 of 20 observed is 75%."""
    open_range = standard_28d([SUBSTANTIVE] * 10 + [IDLE] * 5 + [MISSING] * 5, FULL_WEEK, False)
    assert open_range.published == ("unknown", "moderate", "heavy", False, "coverage")
    closed_range = standard_28d([SUBSTANTIVE] * 12 + [IDLE] * 3 + [MISSING] * 5, FULL_WEEK, False)
    assert closed_range.published == ("heavy", "heavy", "heavy", True, None)


def test_everything_missing_is_unknown_between_none_and_heavy() -> None:
    tier = standard_28d([MISSING] * 20, FULL_WEEK, False)
    assert tier.published == ("unknown", "none", "heavy", False, "coverage")


def test_uncovered_off_day_may_have_been_used() -> None:
    tier = standard_28d([IDLE] * 20 + [WindowDay(0, is_missing=True)], FULL_WEEK, False)
    assert tier.published == ("none", "none", "light", False, None)


def test_active_day_with_a_feed_missing_may_have_been_substantive() -> None:
    """11 substantive and 1 active of 20: 55%; with the missing feed 12 of 20, 60%. All 20 are observed."""
    half_seen = WindowDay(1000, is_active=True, is_missing=True)
    tier = standard_28d([SUBSTANTIVE] * 11 + [half_seen] + [IDLE] * 8, FULL_WEEK, False)
    assert tier.published == ("moderate", "moderate", "heavy", False, None)
    assert tier.observed == 20000


@pytest.mark.parametrize(("days", "weekly", "is_rated"), [(5, 5000, True), (4, 5000, False), (4, 2000, True)])
def test_fewest_expected_days(days: int, weekly: int, is_rated: bool) -> None:
    """5 days, or half of four weeks of the pattern: 4 days for somebody who works 2 a week."""
    tier = standard_28d([IDLE] * days + [OFF] * 23, weekly, False)
    assert (tier.tier_code != "not_rated") == is_rated


def test_too_new_or_absent_when_there_is_too_little_to_expect() -> None:
    assert standard_28d([IDLE] * 4, FULL_WEEK, True).published == ("not_rated", None, None, None, "too_new")
    assert standard_28d([IDLE] * 4, FULL_WEEK, False).published == ("not_rated", None, None, None, "absent")


def test_no_access_needs_no_grant_on_an_expected_day_and_no_use() -> None:
    barred = WindowDay(1000, is_granted=False)
    barred_user = WindowDay(1000, is_active=True, is_granted=False)
    assert standard_28d([barred] * 20, FULL_WEEK, False).reason_code == "no_access"
    assert standard_28d([barred] * 20 + [OFF], FULL_WEEK, False).reason_code == "no_access"
    assert standard_28d([barred] * 19 + [IDLE], FULL_WEEK, False).tier_code == "none"
    assert standard_28d([barred] * 19 + [barred_user], FULL_WEEK, False).tier_code == "light"


@pytest.mark.parametrize(
    ("mode_code", "modes", "reached"),
    [
        ("chat", [Mode("chat", count=2, prompts=2)], False),
        ("chat", [Mode("chat", count=2, prompts=2), Mode("chat", count=1, prompts=1)], True),
        ("completion", [Mode("completion", count=9)], False),
        ("completion", [Mode("completion", count=10)], True),
        ("agent", [Mode("agent", count=2, sessions=2)], False),
        ("agent", [Mode("agent", count=2, sessions=1, edits=1)], True),
        ("agent", [Mode("agent", count=2, sessions=1, commits=1)], True),
        ("agent", [Mode("agent", count=3, edits=2, commits=1)], False),  # edits without a session
        ("agent", [Mode("agent", count=1, sessions=1), Mode("agent", count=1, edits=1)], True),
        ("agent", [Mode("agent", prompts=3, count=3)], True),
        ("agent", [Mode("agent", has_active_flag=True, is_by_flag=True)], True),
        ("agent", [Mode("agent", count=0, prompts=0, has_active_flag=True)], False),
        ("agent_autonomous", [Mode("agent_autonomous", has_active_flag=True, is_by_flag=True)], True),
        ("review", [Mode("review", has_active_flag=True, is_by_flag=True)], True),
        ("review", [Mode("review", is_by_flag=True)], False),  # reviews that happen to somebody
    ],
)
def test_floors(mode_code: str, modes: list[Mode], reached: bool) -> None:
    assert reaches_floor(mode_code, modes) == reached


def test_passive_review_is_no_activity_and_a_flag_is() -> None:
    assert not is_mode_active(Mode("review", is_by_flag=True))
    assert is_mode_active(Mode("chat", count=0, has_active_flag=True))
    assert not is_mode_active(Mode("completion", count=0))


def _attributes(weekdays: str, fte: int) -> Attributes:
    return Attributes((date(2020, 1, 1), None), "US", "NY", weekdays, fte)


def test_expected_fraction_of_part_time_leave_and_holiday() -> None:
    three_days = _attributes("1110000", 600)
    by_fraction = _attributes("", 600)
    assert [weekday_thousandths(three_days, weekday) for weekday in range(7)] == [1000] * 3 + [0] * 4
    assert [weekday_thousandths(by_fraction, weekday) for weekday in range(7)] == [600] * 5 + [0] * 2
    assert (weekly_pattern(three_days), weekly_pattern(by_fraction)) == (3000, 3000)
    assert expected_fraction(600, False, 500) == 300
    assert expected_fraction(1000, False, 1500) == 0
    assert expected_fraction(1000, True, 0) == 0


def test_calendar_follows_country_and_subdivision() -> None:
    assert is_holiday("US", "NY", date(2026, 2, 16))  # Washington's Birthday
    assert not is_holiday("GB", "", date(2026, 2, 16))
    assert is_holiday("DE", "HE", date(2026, 6, 4))  # Corpus Christi, in Hesse but not in all of Germany
    assert not is_holiday("DE", "", date(2026, 6, 4))


# --- a whole truth, small enough to work out on paper ------------------------------------------------------

FIRST, LAST = date(2026, 3, 2), date(2026, 4, 5)  # a Monday and the Sunday five weeks later
FEEDS = (
    ("claude_code", "usage_report"),
    ("github_copilot", "users_1_day"),
    ("chatgpt", "conversation_messages"),
)


def _person(employee_id: str, hired: date, tools: tuple[str, ...]) -> dict[str, Any]:
    columns = {"country_code": "SG", "country_subdivision_code": "", "fte_fraction": "1.000"}
    return {
        "employee_id": employee_id,
        "stints": [{"hired_date": str(hired), "last_date": None}],
        "attributes": [{"from": str(hired), "to": None, "working_weekdays": "1111100", **columns}],
        "leave": [],
        "entitlements": [
            {"tool_id": tool, "status": "granted", "from": "2025-01-01", "to": None} for tool in tools
        ],
        "included": [{"from": str(hired), "to": None}],
    }


def _chat(employee_id: str, day: date, prompts: int) -> dict[str, Any]:
    return {
        "employee_id": employee_id,
        "tool_id": "chatgpt",
        "date": str(day),
        "measures": {"prompt_count": prompts, "intentional_action_count": prompts},
        "has_active_flag": False,
        "modes": [
            {
                "mode_code": "chat",
                "count": prompts,
                "prompts": prompts,
                "has_active_flag": False,
                "is_by_flag": False,
            }
        ],
        "models": [],
    }


@pytest.fixture
def small(tmp_path: Path) -> Expected:
    """Two people in Singapore: one chats, 3 prompts a day, in the first five days; one joins on March 30."""
    days = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
    files: dict[str, list[dict[str, Any]]] = {
        "people": [
            _person("1", date(2024, 1, 1), ("chatgpt",)),
            _person("2", date(2026, 3, 30), ("chatgpt",)),
        ],
        "usage": [_chat("1", day, 3) for day in days[:5]],
        "coverage": [
            {"source": source, "feed": feed, "date": str(day), "is_covered": day != date(2026, 3, 11)}
            for source, feed in FEEDS
            for day in days
        ],
        "uncovered_person_days": [],
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "company.json").write_text(json.dumps({"has_entitlements": True}))
    return expected(tmp_path, FIRST, LAST)


def test_status_of_each_day(small: Expected) -> None:
    def status(day: int) -> str:
        return str(small.engagement_daily["1", date(2026, 3, day)]["engagement_status"])

    assert (status(2), status(7), status(9), status(11)) == ("active", "not_expected", "inactive", "unknown")
    assert ("2", date(2026, 3, 29)) not in small.engagement_daily


def test_the_last_three_days_are_provisional(small: Expected) -> None:
    provisional = [
        day for (who, day), row in small.engagement_daily.items() if who == "1" and row["is_provisional"]
    ]
    assert provisional == [date(2026, 4, 3), date(2026, 4, 4), date(2026, 4, 5)]


def test_tier_as_of_the_last_sunday(small: Expected) -> None:
    """Window March 6 to April 2: 20 weekdays, no holiday but Hari Raya Puasa (Saturday the 21st).

    March 6 is the one substantive day, March 11 is missing: 1 of 19 is light; at best 2 of 20 is light too.
    """
    tier = small.tiers["all", "1", LAST]
    assert (tier.expected, tier.observed, tier.active, tier.substantive) == (20000, 19000, 1000, 1000)
    assert tier.published == ("light", "light", "light", True, None)
    assert small.tiers["coding", "1", LAST].reason_code == "no_access"
    week = small.tier_weeks["all", "1", date(2026, 3, 30)]
    assert (week.tier, week.active_week_count, week.intentional_action_count) == (tier, 1, 3)


def test_first_dates_are_unknown_and_spans_run_on(small: Expected) -> None:
    spans = [span for span in small.tier_spans if (span.scope_code, span.employee_id) == ("all", "1")]
    unknown = ("unknown", "none", "heavy", False, "coverage")
    assert spans[0].tier == unknown
    assert spans[0].valid_from == FIRST
    assert [span.valid_to for span in spans[:-1]] == [span.valid_from for span in spans[1:]]
    assert spans[-1].valid_to is None


def test_joiner_of_the_last_week_is_too_new(small: Expected) -> None:
    """On April 5 the window ends on April 2: four days (March 30 to April 2) since hire."""
    tier = small.tiers["all", "2", LAST]
    assert (tier.expected, tier.reason_code) == (4000, "too_new")
    assert [span for span in small.tier_spans if span.employee_id == "2"][-1] == TierSpan(
        "chat_document", "2", ("not_rated", None, None, None, "too_new"), date(2026, 4, 2), None
    )
