"""The words for every kind of threshold: what is said to be lacking is enough, and nothing less is.

Each kind is tried with a made-up policy of one threshold over drawn figures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from orchestration.explanation import rule_rows, wording

Row = dict[str, Any]
DRAWN = 150
AS_OF = date(2026, 3, 30)


def drawn_figures(number: int) -> Row:
    """One row of figures that could be a window's; thousandths of days and weeks."""
    draw = random.Random(number)
    observed = draw.choice([0, 500, 4750, 19_500, 20_000])
    active = draw.randrange(0, observed + 1, 250) if observed else 0
    active_days = draw.randrange(0, 12) if active == 0 else active // 1000 + draw.randrange(1, 4)
    measure = active_days * draw.choice([0, 1, 3, 7])
    used = min(active_days, draw.randrange(1, 4))
    return {
        "policy_id": "p",
        "policy_version": 1,
        "scope_code": "all",
        "employee_key": f"{number:04d}",
        "as_of_date": AS_OF,
        "window_from": date(2026, 2, 28),
        "window_to": date(2026, 3, 27),
        "tier_code": "below",
        "tier_low_code": "below",
        "tier_high_code": "below",
        "is_firm": True,
        "reason_code": None,
        "rule_number": 2,
        "expected_thousandths": observed,
        "observed_thousandths": observed,
        "active_thousandths": active,
        "substantive_thousandths": draw.randrange(0, active + 1, 250),
        "active_day_count": active_days,
        "unobserved_day_count": 0,
        "active_week_count": 4,
        "reached_week_count": draw.randrange(0, 5),
        "used_tool_count": used,
        "usable_tool_count": used + draw.randrange(0, 3),
        "measure_value": measure,
        "observed_week_weight": draw.choice([0, 333, 3800, 4000]),
        "needed_expected_thousandths": 5000,
        "expected_date_count": -(-observed // 1000),
        "not_expected_date_count": 8,
        "not_employed_date_count": 0,
        "not_in_use_date_count": 0,
        "active_expected_date_count": min(active_days, -(-observed // 1000)),
        "unobserved_expected_date_count": 0,
        "partly_observed_date_count": 0,
        "missing_feed_date_count": 0,
        "missing_feeds_text": None,
        "group_level": "company",
        "group_code": "all",
        "cutoffs_from": date(2026, 1, 1),
    }


def worded(kind: str, threshold: object, rows_of_figures: list[Row]) -> list[Row]:
    """The texts of each row by a policy that asks for one threshold, else is `below`."""
    with rule_rows.load() as rules:
        rules.execute("delete from tier_policies where policy_id <> 'standard_28d'")
        rules.execute("update tier_policies set policy_id = 'p'")
        rules.execute("delete from tier_rules")
        columns = (
            "policy_id, policy_version, rule_number, tier_code, tier_name, tier_rank, is_rated, rule_text"
        )
        rules.execute(
            f"insert into tier_rules ({columns}, {kind}) "
            "values ('p', 1, 1, 'above', 'Above', 2, true, 'x', ?), "
            "('p', 1, 2, 'below', 'Below', 1, true, 'y', null)",
            [threshold],
        )
        rules.execute("update tier_score_parts set policy_id = 'p'")
        rules.execute(f"create table cutoffs ({wording.CUTOFF_COLUMNS})")
        rules.execute("insert into cutoffs values ('p', 1, 'all', 'company', 'all', 50, 2.75, '2026-01-01')")
        _insert(rules, rows_of_figures)
        found = rule_rows.rows(rules, wording.texts_query())
    return sorted(found, key=lambda row: str(row["employee_key"]))


def _insert(rules: duckdb.DuckDBPyConnection, rows_of_figures: list[Row]) -> None:
    import pandas as pd

    frame = pd.DataFrame(rows_of_figures)
    types = {date: "date", int: "bigint", bool: "boolean"}
    columns = ", ".join(
        f"cast({name} as {types.get(type(value), 'varchar')}) as {name}"
        for name, value in rows_of_figures[0].items()
    )
    rules.execute(f"create table figures as select {columns} from frame")
    assert len(frame) == len(rows_of_figures)


def score(row: Row) -> Fraction:
    """By the rule text, with the parts of score_28d."""
    total = Fraction(0)
    for weight, value, whole in (
        (50, Fraction(row["active_thousandths"]), Fraction(60, 100) * row["observed_thousandths"]),
        (30, Fraction(row["measure_value"]), Fraction(5) * row["active_day_count"]),
        (20, Fraction(row["used_tool_count"]), Fraction(min(3, row["usable_tool_count"]))),
    ):
        if whole:
            total += weight * min(Fraction(1), value / whole)
    return total


def a_share(column: str, percent: int) -> Callable[[Row], bool]:
    def reached(row: Row) -> bool:
        observed = int(row["observed_thousandths"])
        return observed > 0 and 100 * int(row[column]) >= percent * observed

    return reached


def a_mean(threshold: str, *, above: bool = False) -> Callable[[Row], bool]:
    def reached(row: Row) -> bool:
        weight, measure = int(row["observed_week_weight"]), 1000 * int(row["measure_value"])
        needed = Fraction(threshold) * weight
        return weight > 0 and (measure > needed if above else measure >= needed)

    return reached


def more(column: str, amount: int) -> Callable[[Row, int], Row]:
    return lambda row, number: row | {column: row[column] + amount * number}


def more_days_like_the_others(row: Row, number: int) -> Row:
    """Frequency rises, depth stays: only the score is looked at."""
    days = row["active_day_count"]
    return row | {
        "active_thousandths": row["active_thousandths"] + 1000 * number,
        "measure_value": Fraction(row["measure_value"]) * (days + number) / days,
        "active_day_count": days + number,
    }


CASES: list[tuple[str, object, Callable[[Row], bool], list[tuple[str, Callable[[Row, int], Row]]]]] = [
    (
        "minimum_substantive_percent",
        60,
        a_share("substantive_thousandths", 60),
        [(r"substantive use on (\d+) more full expected days?", more("substantive_thousandths", 1000))],
    ),
    (
        "minimum_active_percent",
        25,
        a_share("active_thousandths", 25),
        [(r"use on (\d+) more full expected days?", more("active_thousandths", 1000))],
    ),
    (
        "minimum_active_days",
        7,
        lambda row: row["active_day_count"] >= 7,
        [(r"use on (\d+) more days?", more("active_day_count", 1))],
    ),
    (
        "minimum_active_weeks",
        3,
        lambda row: row["reached_week_count"] >= 3,
        [(r"(\d+) more weeks? with at least 1 action", more("reached_week_count", 1))],
    ),
    (
        "minimum_weekly_mean",
        Decimal("2.5"),
        a_mean("2.5"),
        [(r"(\d+) more actions? in the same weeks", more("measure_value", 1))],
    ),
    (
        "above_weekly_mean",
        Decimal("1.5"),
        a_mean("1.5", above=True),
        [(r"(\d+) more actions? in the same weeks", more("measure_value", 1))],
    ),
    (
        "minimum_breadth",
        3,
        lambda row: row["used_tool_count"] >= 3,
        [(r"use of (\d+) more tools?", more("used_tool_count", 1))],
    ),
    (
        "minimum_percentile",
        50,
        a_mean("2.75"),
        [
            (
                r"(\d+) more actions? in the same weeks with these cut-offs",
                more("measure_value", 1),
            )
        ],
    ),
    (
        "minimum_score",
        75,
        lambda row: score(row) >= 75,
        [
            (r"use on (\d+) more full expected days? with as much done", more_days_like_the_others),
            (r"(\d+) more actions? on the same active days", more("measure_value", 1)),
            (r"use of (\d+) more tools? with", more("used_tool_count", 1)),
        ],
    ),
]


@pytest.mark.parametrize(
    ("kind", "threshold", "is_reached", "changes"), CASES, ids=[case[0] for case in CASES]
)
def test_the_least_that_is_lacking_is_enough_and_nothing_less_is(
    kind: str,
    threshold: object,
    is_reached: Callable[[Row], bool],
    changes: list[tuple[str, Callable[[Row, int], Row]]],
) -> None:
    drawn = [drawn_figures(number) for number in range(DRAWN)]
    told: set[tuple[str, str]] = set()
    for row, texts in zip(drawn, worded(kind, threshold, drawn), strict=True):
        said = texts["next_tier_text"]
        assert said.startswith("Above: ")
        if is_reached(row):
            assert "This holds of the observed days alone" in said
            continue
        assert "it would have taken" in said, said
        for pattern, change in changes:
            for number in map(int, re.findall(rf"(?:taken|enough:|, or) {pattern}", said)):
                told.add((pattern, row["employee_key"]))
                assert number > 0
                assert is_reached(change(row, number)), (said, row)
                assert not is_reached(change(row, number - 1)), (said, row)
    assert {pattern for pattern, _ in told} == {pattern for pattern, _ in changes}
    assert len(told) > DRAWN / 10


def test_a_share_just_below_its_threshold_does_not_look_as_if_it_reached_it() -> None:
    row = drawn_figures(1) | {"observed_thousandths": 20_000, "active_thousandths": 12_000}
    below = row | {"employee_key": "0002", "substantive_thousandths": 11_999}
    exactly = row | {"employee_key": "0001", "substantive_thousandths": 12_000}
    texts = worded("minimum_substantive_percent", 60, [exactly, below])
    assert (
        "substantive use on 12 of 20 observed expected days (60 %; at least 60 % needed)"
        in texts[0]["next_tier_text"]
    )
    assert "substantive use on 11.999 of 20 observed expected days (59.9 %;" in texts[1]["next_tier_text"]
    assert "substantive use on 1 more full expected day," in texts[1]["next_tier_text"]


def test_the_top_and_those_without_a_tier_are_told_so() -> None:
    without = {"rule_number": None, "tier_low_code": None, "tier_high_code": None, "is_firm": None}
    rows = [
        drawn_figures(1) | {"rule_number": 1, "tier_code": "above"},
        drawn_figures(2)
        | without
        | {"tier_code": "not_rated", "reason_code": "too_new", "expected_thousandths": 4500},
        drawn_figures(3) | without | {"tier_code": "not_rated", "reason_code": "no_access"},
        drawn_figures(4)
        | without
        | {
            "tier_code": "unknown",
            "reason_code": "coverage",
            "expected_thousandths": 19_500,
            "observed_thousandths": 10_000,
        },
    ]
    top, new, stranger, unknown = worded("minimum_active_days", 7, rows)
    assert top["next_tier_text"] == "There is no higher tier."
    assert new["thresholds_text"] == "4.5 expected days in the window (at least 5 needed)."
    assert new["next_tier_text"] == "There is a tier once the window holds 0.5 more expected days."
    assert "may be used on an expected day of the window, or is used" in stranger["next_tier_text"]
    assert unknown["thresholds_text"].startswith(
        "10 of 19.5 expected days observed (51.2 %; at least 80 % needed)"
    )
    assert unknown["next_tier_text"].startswith("There is a tier once 5.6 more expected days can be observed")
