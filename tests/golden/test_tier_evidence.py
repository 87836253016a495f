"""The published evidence against the rule text: its figures give its tiers again, its texts say its figures.

Rules are read from the seeds and tried in plain Python; nothing of the SQL is used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from orchestration.explanation import days, figures, rule_rows
from orchestration.explanation.rule_rows import rows
from orchestration.home import PROJECT_ROOT
from tests import published, warehouse

pytestmark = pytest.mark.slow

Row = dict[str, Any]
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds" / "tiers"
NUMBER = r"(\d+(?:\.\d+)?)"


@pytest.fixture(scope="module")
def evidence(truth_home: Path) -> list[Row]:
    with published.open_published(warehouse.current(truth_home)) as connection:
        return rows(
            connection, "select * from marts.fct_employee_tier_evidence order by scope_code, employee_key"
        )


@pytest.fixture(scope="module")
def cutoffs(truth_home: Path) -> list[Row]:
    with published.open_published(warehouse.current(truth_home)) as connection:
        return rows(connection, "select * from ops.tier_cutoff")


def seed(name: str, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a seed for the policy version of a row of evidence."""
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [
            line
            for line in csv.DictReader(file)
            if line["policy_id"] == row["policy_id"] and line["policy_version"] == str(row["policy_version"])
        ]


def score(row: Row) -> Fraction:
    """0 to 100, by docs/how-tiers-are-decided.md."""
    values = {
        "frequency": (Fraction(row["active_day_count"]), Fraction(row["observed_day_count"])),
        "depth": (Fraction(row["measure_value"]), Fraction(row["active_date_count"])),
    }
    total = Fraction(0)
    for part in seed("tier_score_parts", row):
        full = Fraction(part["full_at"])
        if part["part_code"] == "breadth":
            value, whole = Fraction(row["used_tool_count"]), min(full, Fraction(row["usable_tool_count"]))
        else:
            value, of = values[part["part_code"]]
            whole = full * of
        if whole:
            total += int(part["weight_percent"]) * min(Fraction(1), value / whole)
    return total


def percentile_mean(row: Row, percentile: int, cutoffs: list[Row]) -> Fraction:
    (found,) = (
        cutoff["weekly_mean"]
        for cutoff in cutoffs
        if cutoff["percentile"] == percentile
        and cutoff["valid_from"] == row["cutoffs_from_date"]
        and all(cutoff[name] == row[name] for name in ("policy_id", "policy_version", "scope_code"))
        and all(cutoff[name] == row[name] for name in ("group_level", "group_code"))
    )
    return Fraction(found)


def holds(rule: Mapping[str, str], row: Row, cutoffs: list[Row]) -> bool:
    """Whether every threshold of a rule is met by the figures."""
    observed, weeks = Fraction(row["observed_day_count"]), Fraction(row["observed_week_count"])
    measure = Fraction(row["measure_value"])
    checks: dict[str, Callable[[Fraction], bool]] = {
        "minimum_substantive_percent": lambda t: (
            observed > 0 and 100 * Fraction(row["substantive_day_count"]) >= t * observed
        ),
        "minimum_active_percent": lambda t: (
            observed > 0 and 100 * Fraction(row["active_day_count"]) >= t * observed
        ),
        "minimum_active_days": lambda t: row["active_date_count"] >= t,
        "minimum_active_weeks": lambda t: row["reached_week_count"] >= t,
        "minimum_weekly_mean": lambda t: weeks > 0 and measure >= t * weeks,
        "above_weekly_mean": lambda t: weeks > 0 and measure > t * weeks,
        "minimum_breadth": lambda t: row["used_tool_count"] >= t,
        "minimum_score": lambda t: score(row) >= t,
        "minimum_percentile": lambda t: (
            weeks > 0 and measure >= percentile_mean(row, int(t), cutoffs) * weeks
        ),
    }
    return all(check(Fraction(rule[name])) for name, check in checks.items() if rule[name])


def recomputed(row: Row, cutoffs: list[Row]) -> tuple[str, str | None, int | None]:
    """(tier, reason, rule) from the figures of a row; of the range only its two ends are taken from it."""
    (policy,) = seed("tier_policies", row)
    rules = [rule for rule in seed("tier_rules", row) if rule["is_rated"] == "true"]
    if not row["has_access"] and row["active_date_count"] == 0:
        return "not_rated", "no_access", None
    if row["expected_day_count"] < row["needed_expected_day_count"]:
        return "not_rated", "too_new" if row["is_hired_in_window"] else "absent", None
    if any(rule["minimum_percentile"] for rule in rules) and row["group_level"] is None:
        return "not_rated", "no_cutoffs", None
    covered = (
        100 * row["observed_day_count"] >= int(policy["coverage_floor_percent"]) * row["expected_day_count"]
    )
    if not covered and row["tier_low_code"] != row["tier_high_code"]:
        return "unknown", "coverage", None
    observed = next(number for number, rule in enumerate(rules) if holds(rule, row, cutoffs))
    codes = [rule["tier_code"] for rule in rules]
    nearest = observed
    if row["missing_feed_date_count"]:
        # what the observed days alone give may lie outside the range; its nearest end counts
        nearest = max(codes.index(row["tier_high_code"]), min(codes.index(row["tier_low_code"]), observed))
    reason = "company_cutoffs" if row["group_level"] == "company" else None
    return codes[nearest], reason, int(rules[nearest]["rule_number"])


def strayed(evidence: list[Row], cutoffs: list[Row]) -> list[tuple[str, str]]:
    """(scope, person) of the rows whose figures give another tier than they state."""
    return [
        (row["scope_code"], row["employee_key"])
        for row in evidence
        if recomputed(row, cutoffs) != (row["tier_code"], row["reason_code"], row["rule_number"])
    ]


def floored(value: Fraction, places: int) -> Decimal:
    return Decimal(int(value * 10**places)) / Decimal(10**places)


def share(row: Row, column: str) -> Decimal:
    return floored(100 * Fraction(row[column]) / Fraction(row["observed_day_count"]), 1)


def lacking_days(row: Row, column: str, percent: int) -> int:
    """The least number of full days that brings a share to so many per cent."""
    number = 0
    while 100 * (row[column] + number) < percent * row["observed_day_count"]:
        number += 1
    return number


SHARE_COLUMNS = {"substantive use": "substantive_day_count", "use": "active_day_count"}


def said_values(row: Row) -> Callable[[re.Match[str]], str]:
    """Takes a statement out of a text if it says the figures of the row; leaves it otherwise."""

    def said(match: re.Match[str]) -> str:
        numbers = [Decimal(n) for n in re.findall(NUMBER, match[0])]
        column = SHARE_COLUMNS["substantive use" if match[0].lower().startswith("sub") else "use"]
        wanted = f"minimum_{column.removesuffix('_day_count')}_percent"
        percents = {int(rule[wanted]) for rule in seed("tier_rules", row) if rule[wanted]}
        is_right = {
            "share": lambda: (
                numbers[:3] == [row[column], row["observed_day_count"], share(row, column)]
                and int(numbers[3]) in percents
            ),
            "days": lambda: numbers == [row["active_date_count"], 1],
            "lacking": lambda: int(numbers[0]) in {lacking_days(row, column, p) for p in percents},
        }[match.lastgroup or ""]()
        return "" if is_right else match[0]

    return said


VALUES = re.compile(
    rf"(?P<share>(?:[Ss]ubstantive use|[Uu]se) on {NUMBER} of {NUMBER} observed expected days "
    rf"\({NUMBER} %; at least \d+ % needed\))"
    r"|(?P<days>[Uu]se on \d+ days?, days off included \(at least \d+ needed\))"
    r"|(?P<lacking>(?:substantive use|use) on \d+ more full expected days?)"
)


def left_of_values(row: Row) -> str:
    """What thresholds_text and next_tier_text say beyond the figures of the row."""
    text = VALUES.sub(said_values(row), f"{row['thresholds_text']} {row['next_tier_text']}")
    expected, needed = row["expected_day_count"], row["needed_expected_day_count"]
    (policy,) = seed("tier_policies", row)
    floor = int(policy["coverage_floor_percent"])
    statements = ["use on 0 days"] + ["taken use on 1 more day,"] * (row["active_date_count"] == 0)
    if row["reason_code"] in {"too_new", "absent"}:
        noun = "expected day" if expected == 1 else "expected days"
        statements += [f"{plain(expected)} {noun} in the window (at least {plain(needed)} needed)"]
        lack = needed - expected
        statements += [f"{plain(lack)} more expected day"]
    if row["reason_code"] == "coverage":
        observed = row["observed_day_count"]
        part = floored(100 * Fraction(observed) / Fraction(expected), 1)
        statements += [
            f"{plain(observed)} of {plain(expected)} expected days observed "
            f"({plain(part)} %; at least {floor} %",
            f"{plain(Decimal(-(-floor * expected * 1000 // 100)) / 1000 - observed)} more expected day",
        ]
    for statement in statements:
        text = text.replace(statement, "")
    return text


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def days_said(row: Row) -> list[Decimal]:
    """The numbers of days_text in their order, from the columns."""
    length = (row["window_to_date"] - row["window_from_date"]).days + 1
    numbers = [length, row["expected_date_count"]]
    numbers += [
        row[f"{name}_date_count"]
        for name in ("not_expected", "not_employed", "not_in_use")
        if row[f"{name}_date_count"] > 0
    ]
    active, unobserved = row["active_expected_date_count"], row["unobserved_expected_date_count"]
    numbers += [active, row["expected_date_count"] - active - unobserved, unobserved]
    if row["expected_day_count"] != row["expected_date_count"]:
        numbers += [row["expected_day_count"], row["observed_day_count"]]
    if row["active_date_count"] > active:
        numbers.append(row["active_date_count"] - active)
    return [Decimal(number) for number in numbers]


def misworded(evidence: list[Row]) -> list[tuple[str, str]]:
    """(scope, person) of the rows of which a text holds a number that their columns do not."""
    found = []
    for row in evidence:
        counted, _, missing = row["days_text"].partition(" Missing: ")
        window = f"The window {row['window_from_date']} to {row['window_to_date']} has "
        numbers = [Decimal(n) for n in re.findall(NUMBER, counted.removeprefix(window))]
        missing_counts = [int(n) for n in re.findall(r"on (\d+) day", missing.partition(". ")[0])]
        thin_counts = [int(n) for n in re.findall(r"on (\d+) day", missing.partition(". ")[2])]
        is_right = (
            counted.startswith(window)
            and numbers == days_said(row)
            and sum(missing_counts) == row["missing_feed_date_count"]
            and sum(thin_counts) == row["partly_observed_date_count"]
            and not re.search(r"\d", left_of_values(row))
            and (row["rule_number"] is None or f", by rule {row['rule_number']}: " in row["rule_text"])
        )
        if not is_right:
            found.append((row["scope_code"], row["employee_key"]))
    return found


def test_the_figures_give_every_tier_again(evidence: list[Row], cutoffs: list[Row], truth_home: Path) -> None:
    columns = (
        *("scope_code", "employee_key", "policy_version"),
        *("tier_code", "tier_low_code", "tier_high_code", "is_firm", "reason_code"),
    )
    with published.open_published(warehouse.current(truth_home)) as connection:
        tiers = connection.execute(
            f"select {', '.join(columns)} from marts.dim_employee_tier "
            "where is_current and policy_id = 'standard_28d' order by scope_code, employee_key"
        ).fetchall()
    assert len(tiers) > 2500
    assert [tuple(row[name] for name in columns) for row in evidence] == tiers
    assert {row["tier_code"] for row in evidence} >= {"heavy", "moderate", "light", "none", "not_rated"}
    assert strayed(evidence, cutoffs) == []


def test_every_number_of_the_texts_is_one_of_the_columns(evidence: list[Row]) -> None:
    assert misworded(evidence) == []


def test_a_changed_figure_is_found_by_both(evidence: list[Row], cutoffs: list[Row]) -> None:
    spoilt = next(
        row for row in evidence if row["tier_code"] == "heavy" and not row["missing_feed_date_count"]
    )
    others = [row for row in evidence if row is not spoilt]
    spoilt = spoilt | {"substantive_day_count": Decimal(0)}
    place = [(spoilt["scope_code"], spoilt["employee_key"])]
    assert strayed([*others, spoilt], cutoffs) == place
    assert misworded([*others, spoilt]) == place


def test_the_published_days_give_the_figures_that_explain_prints(
    evidence: list[Row], truth_home: Path
) -> None:
    """What `adoption explain` adds up for other policies and dates, held against the published figures."""
    columns = {
        **{
            f"{name}_thousandths": f"{name}_day_count"
            for name in ("expected", "observed", "active", "substantive")
        },
        **{
            name: name
            for name in ("active_week_count", "reached_week_count", "used_tool_count", "measure_value")
        },
        "active_day_count": "active_date_count",
        **{
            f"{name}_date_count": f"{name}_date_count"
            for name in ("expected", "not_expected", "not_employed")
        },
    }
    wrong, undecided = [], 0
    with published.open_published(warehouse.current(truth_home)) as connection, rule_rows.load() as rules:
        for row in evidence[::7]:
            policy = rule_rows.policy_in_force(rules, None, row["as_of_date"])
            window = policy.window(row["as_of_date"])
            person = days.read(connection, rules, row["employee_key"], window, row["scope_code"])
            found = figures.add_up(policy, window, person, None, 5000)
            undecided += bool(found.doubts)
            wrong += [
                (row["scope_code"], row["employee_key"], ours)
                for ours, theirs in columns.items()
                if not found.doubts
                and found.values[ours] != row[theirs] * (1000 if ours.endswith("_thousandths") else 1)
            ]
    assert wrong == []
    assert undecided < len(evidence) / 7 / 10


def test_the_deliveries_behind_are_those_that_cover_the_window(truth_home: Path) -> None:
    with published.open_published(warehouse.current(truth_home)) as connection:
        counts = connection.execute(
            """
            select count(*), count(distinct evidence.tool_set_code)
            from marts.fct_employee_tier_evidence as evidence
            left join (
                select scope_code, tool_set_code, count(*) as delivery_count
                from marts.fct_tier_evidence_delivery group by all
            ) as listed using (scope_code, tool_set_code)
            where evidence.delivery_count is distinct from coalesce(listed.delivery_count, 0)
            """
        ).fetchone()
        covering = connection.execute(
            """
            select delivery_id, min(activity_date), max(activity_date), count(distinct activity_date)
            from ops.feed_coverage
            where (source, feed) = ('chatgpt', 'conversation_messages')
                and activity_date between '2026-02-28' and '2026-03-27'
            group by delivery_id order by delivery_id
            """
        ).fetchall()
        listed = connection.execute(
            "select delivery_id, first_covered_date, last_covered_date, covered_date_count "
            "from marts.fct_tier_evidence_delivery where scope_code = 'all' and tool_set_code = 'chatgpt' "
            "order by delivery_id"
        ).fetchall()
    assert counts == (0, 0)
    assert len(listed) > 20
    assert listed == covering
