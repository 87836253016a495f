"""The tiers viva_12w and viva_4w against the package that names them, and, with weeks absent, the calendar.

The engine's own week models run on the same person x week figures. Timings belong to tests/benchmarks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import package_segments, person_weeks, week_engine
from tests.benchmarks.person_weeks import PersonWeeks

pytestmark = pytest.mark.slow

LENGTHS = {"viva_12w": (12, 9), "viva_4w": (4, 4)}
LEAVE, MISSING = "leave", "missing"
Week = int | str


def person_weeks_of(cases: Mapping[int, Sequence[Week]]) -> PersonWeeks:
    """Each person's weeks from week 0: a count, leave, or a week that no feed covers."""
    rows = [
        (person, week, found if isinstance(found, int) else 0, found != LEAVE, found == MISSING)
        for person, weeks in cases.items()
        for week, found in enumerate(weeks)
    ]
    person, week, actions, is_expected, is_missing = zip(*rows, strict=True)
    return PersonWeeks(
        np.array(person, np.int64),
        np.array(week, np.int64),
        np.array(actions, np.int64),
        np.array(is_expected, bool),
        np.array(is_missing, bool),
    )


def test_the_packages_sample_data_is_equal_in_every_row(tmp_path: Path) -> None:
    """Every Copilot column of its sample is a whole count on a complete weekly grid."""
    import pandas as pd
    import vivainsights

    sample = vivainsights.load_pq_data()
    metrics = [name for name in sample.columns if "Copilot" in name]
    assert (len(metrics), len(sample)) == (24, 10_500)
    weeks = (pd.to_datetime(sample["MetricDate"]) - pd.Timestamp("2024-03-31")).dt.days // 7
    people = {name: number for number, name in enumerate(sorted(sample["PersonId"].unique()))}
    stacked = [
        person_weeks.observed(
            sample["PersonId"].map(people).to_numpy() + number * len(people),
            weeks.to_numpy(),
            sample[metric].to_numpy(),
        )
        for number, metric in enumerate(metrics)
    ]
    rows = person_weeks.observed(
        *(np.concatenate([getattr(part, name) for part in stacked]) for name in ("person", "week", "actions"))
    )
    assert len(rows) == 24 * 10_500
    assert_equal_to_the_package(rows, tmp_path)
    # and the package says of its sample, column by column, what it says of the columns stacked
    (one,) = [number for number, name in enumerate(metrics) if name == "Copilot_actions_taken_in_Teams"]
    answer = package_segments.classified(sample, metrics[one]).sort_values(["PersonId", "MetricDate"])
    again = package_segments.segments(stacked[one])
    for policy, column in package_segments.COLUMNS.items():
        assert [again[key] for key in sorted(again) if key[2] == policy] == list(answer[column])


def test_drawn_people_on_a_complete_grid_are_equal_in_every_row(tmp_path: Path) -> None:
    assert_equal_to_the_package(person_weeks.drawn(people=2000, weeks=52, seed=20261122), tmp_path)


def assert_equal_to_the_package(rows: PersonWeeks, folder: Path) -> None:
    package = package_segments.segments(rows)
    ours = {key: tier[0] for key, tier in week_engine.tiers(week_engine.evaluate(rows, folder)).items()}
    assert len(ours) == 2 * len(rows)
    assert {key for key in ours.keys() | package.keys() if ours.get(key) != package.get(key)} == set()
    assert len(set(package.values())) >= 4


# (weeks, package 12w, package 4w, ours 12w, ours 4w), as of the last week
CASES: dict[str, tuple[Sequence[Week], str | None, str | None, str, str]] = {
    "joiner, week 3": ([15] * 3, "Novice User", "Novice User", "Novice User", "Novice User"),
    "joiner, week 4": ([15] * 4, "Novice User", "Power User", "Novice User", "Power User"),
    "joiner, week 8": ([15] * 8, "Novice User", "Power User", "Novice User", "Power User"),
    "joiner, week 9": ([15] * 9, "Power User", "Power User", "Power User", "Power User"),
    "stopped a month ago": ([100] * 8 + [0] * 4, "Novice User", "Non-user", "Novice User", "Non-user"),
    "habit without volume": ([1] * 9 + [0] * 3, "Habitual User", "Low User", "Habitual User", "Low User"),
    "burst of 12": ([0] * 11 + [12], "Novice User", "Novice User", "Novice User", "Novice User"),
    "burst of 11": ([0] * 11 + [11], "Low User", "Novice User", "Low User", "Novice User"),
    "mean below 1": ([1, 0] * 6, "Low User", "Low User", "Low User", "Low User"),
    # a week that no feed covers is skipped by the package; here four weeks lack a quarter, and nobody knows
    "feed missing this week": ([15] * 11 + [MISSING], "Power User", "Novice User", "Power User", "Unknown"),
    # leave: the weeks that exist decide, and rows from long ago are not the last weeks
    "leave four weeks of five": (
        ([15] + [LEAVE] * 4) * 8 + [15],
        "Power User",
        "Power User",
        "Novice User",
        "Novice User",
    ),
    "idle four weeks of five": (
        ([15] + [0] * 4) * 8 + [15],
        "Novice User",
        "Novice User",
        "Novice User",
        "Novice User",
    ),
    "no feed at all": ([MISSING] * 12, None, None, "Unknown", "Unknown"),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str | None, ...]]]:
    """By case and policy: the package's segment and our tier, low, high and reason as of the last week."""
    rows = person_weeks_of({number: weeks for number, (weeks, *_) in enumerate(CASES.values())})
    package = package_segments.segments(rows)
    ours = week_engine.tiers(week_engine.evaluate(rows, tmp_path_factory.mktemp("cases") / "home"))
    return {
        name: {
            policy: (package.get((number, len(weeks) - 1, policy)), *ours[number, len(weeks) - 1, policy])
            for policy in LENGTHS
        }
        for number, (name, (weeks, *_)) in enumerate(CASES.items())
    }


@pytest.mark.parametrize("name", CASES)
def test_measured_cases(cases: dict[str, dict[str, tuple[str | None, ...]]], name: str) -> None:
    _, package_12w, package_4w, ours_12w, ours_4w = CASES[name]
    found = cases[name]
    assert [found[policy][0] for policy in LENGTHS] == [package_12w, package_4w]
    assert [found[policy][1] for policy in LENGTHS] == [ours_12w, ours_4w]


def test_a_missing_week_leaves_a_range(cases: dict[str, dict[str, tuple[str | None, ...]]]) -> None:
    missing = cases["feed missing this week"]
    # of twelve weeks one is missing: 165 actions over 12 weeks are a mean below 15
    assert missing["viva_12w"][1:] == ("Power User", "Habitual User", "Power User", None)
    assert missing["viva_4w"][1:] == ("Unknown", "Novice User", "Power User", "coverage")
    for policy in LENGTHS:
        assert cases["no feed at all"][policy][1:] == ("Unknown", "Non-user", "Power User", "coverage")


def test_what_the_package_does_with_input_that_ours_never_has() -> None:
    """Counts are whole and not negative, and a person has one row a day; the package takes all of it."""
    import pandas as pd
    import vivainsights

    days = pd.date_range("2026-01-05", periods=12, freq="7D")

    def last(values: list[float]) -> tuple[str | None, str | None]:
        frame = pd.DataFrame({"PersonId": 1, "MetricDate": days, "actions": values})
        found = package_segments.classified(frame).iloc[-1]
        return found["UsageSegments_12w"], found["UsageSegments_4w"]

    assert last([0.5] * 12) == ("Low User", "Low User")
    assert last([-1.0] * 12) == (None, None)
    twice = pd.DataFrame({"PersonId": 1, "MetricDate": days.repeat(2), "actions": 15})
    assert len(package_segments.classified(twice)) == 96
    frame = pd.DataFrame({"PersonId": 1, "MetricDate": days, "actions": 15})
    with pytest.raises(ValueError, match="No axis named 1"):
        vivainsights.identify_usage_segments(frame, metric_str="actions", version="4w")


def test_drawn_weeks_with_gaps_equal_the_calendar(tmp_path: Path) -> None:
    """Every kind of week in any order, against a reading of docs/how-tiers-are-decided.md in plain Python."""
    generator = np.random.default_rng(5)
    kinds: list[Week] = [0, 1, 2, 15, 40, LEAVE, MISSING]
    drawn: dict[int, list[Week]] = {}
    for person in range(300):
        weights = generator.dirichlet(np.full(len(kinds), 0.6))
        drawn[person] = [kinds[place] for place in generator.choice(len(kinds), 30, p=weights)]
    ours = week_engine.tiers(week_engine.evaluate(person_weeks_of(drawn), tmp_path))
    expected = {
        (person, week, policy): by_the_calendar(weeks[: week + 1], policy)
        for person, weeks in drawn.items()
        for week in range(len(weeks))
        for policy in LENGTHS
    }
    assert {key: (ours[key], expected[key]) for key in expected if ours[key] != expected[key]} == {}
    assert len(ours) == len(expected)
    assert {tier for tier, *_ in expected.values()} == {
        *("Power User", "Habitual User", "Novice User", "Low User", "Non-user", "Unknown", "Not rated")
    }


def by_the_calendar(weeks: Sequence[Week], policy: str) -> tuple[str, str | None, str | None, str | None]:
    """Tier, low, high and reason of somebody who works five days a week, from the last calendar weeks."""
    length, habit = LENGTHS[policy]
    window = list(weeks[-length:])
    if all(week == LEAVE for week in window):
        # no tool was granted on an expected day where there is none
        return ("Not rated", None, None, "no_access")
    expected = [week for week in window if week != LEAVE]
    seen = [week for week in expected if week != MISSING]
    counts = [week for week in seen if isinstance(week, int)]
    used, actions = sum(count >= 1 for count in counts), sum(counts)
    observed = segment(used, habit, actions, len(seen))
    low = segment(used, habit, actions, len(expected))
    gaps = len(expected) - len(seen)
    high = segment(used + gaps, habit, 10**9 if gaps else actions, len(expected))
    if 100 * len(seen) < 80 * len(expected) and low != high:
        return ("Unknown", low, high, "coverage")
    return (observed, low, high, None)


def segment(used: int, habit: int, actions: int, weeks: int) -> str:
    """The first rule that holds; a mean over no week at all reaches nothing."""
    if used >= habit:
        return "Power User" if weeks and actions >= 15 * weeks else "Habitual User"
    if weeks and actions >= weeks:
        return "Novice User"
    return "Low User" if weeks and actions > 0 else "Non-user"
