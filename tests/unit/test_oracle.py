"""The oracle's rules of a day, and a whole truth through it, each figure worked out by hand in the test.

Tiers of single windows are in test_oracle_tiers.py; that the warehouse agrees is tested elsewhere.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.expected import Expected, expected
from tests.oracle.person_days import is_holiday
from tests.oracle.rules import (
    expected_fraction,
    is_mode_active,
    reaches_floor,
    weekday_thousandths,
    weekly_pattern,
)
from tests.oracle.tiers import TierSpan
from tests.oracle.truth import Attributes, Mode


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
    tier = small.tier_weeks["standard_28d", 1, "all", "1", date(2026, 3, 30)]
    assert (tier.expected, tier.observed, tier.active, tier.substantive) == (20000, 19000, 1000, 1000)
    assert tier.published == ("light", "light", "light", True, None)
    assert (tier.active_week_count, tier.intentional_action_count) == (1, 3)
    assert tier.weekly_mean == Decimal("0.600000")  # 3 actions, and parts of 5 ISO weeks
    coding = small.tier_weeks["standard_28d", 1, "coding", "1", date(2026, 3, 30)]
    assert coding.reason_code == "no_access"


def test_weekly_row_of_a_week_policy_waits_until_its_week_has_settled(small: Expected) -> None:
    """As of Sunday April 5 the weeks up to March 29 have settled; their row looks at March 2 to 29.

    15 actions on March 2 to 6: one habit week of four, 15 / 4 = 3.75 a week. On March 11 nothing is known:
    that could bring no second and third habit week.
    """
    weeks = {key[4] for key in small.tier_weeks if key[0] == "viva_4w"}
    assert weeks == {date(2026, 3, 2) + timedelta(days=7 * number) for number in range(4)}
    tier = small.tier_weeks["viva_4w", 1, "all", "1", date(2026, 3, 23)]
    assert tier.published == ("novice_user", "novice_user", "novice_user", True, None)
    assert (tier.expected, tier.observed, tier.weekly_mean) == (20000, 19000, Decimal("3.750000"))
    spans = [span for span in small.tier_spans if (span.policy_id, span.employee_id) == ("viva_4w", "1")]
    assert {span.valid_from.weekday() for span in spans[1:]} <= {2}  # tiers in weeks change on Wednesdays
    assert spans[-1].tier == tier.published


def test_first_dates_are_unknown_and_spans_run_on(small: Expected) -> None:
    spans = _standard_spans(small, "all", "1")
    unknown = ("unknown", "none", "heavy", False, "coverage")
    assert spans[0].tier == unknown
    assert spans[0].valid_from == FIRST
    assert [span.valid_to for span in spans[:-1]] == [span.valid_from for span in spans[1:]]
    assert spans[-1].valid_to is None


def test_joiner_of_the_last_week_is_too_new(small: Expected) -> None:
    """On April 5 the window ends on April 2: four days (March 30 to April 2) since hire."""
    tier = small.tier_weeks["standard_28d", 1, "all", "2", date(2026, 3, 30)]
    assert (tier.expected, tier.reason_code) == (4000, "too_new")
    too_new = ("not_rated", None, None, None, "too_new")
    assert _standard_spans(small, "chat_document", "2")[-1] == TierSpan(
        "standard_28d", 1, "chat_document", "2", too_new, date(2026, 4, 2), None
    )


def _standard_spans(small: Expected, scope: str, employee_id: str) -> list[TierSpan]:
    wanted = "standard_28d", scope, employee_id
    return [
        span for span in small.tier_spans if (span.policy_id, span.scope_code, span.employee_id) == wanted
    ]
