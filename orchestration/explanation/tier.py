"""One person's published tier on a date, and all that explains it, gathered from one generation.

What is printed of it belongs to command_line/explain.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from orchestration.errors import WrongUse
from orchestration.explanation import days, figures, person_rows, rule_rows, wording
from orchestration.explanation.days import PersonDays
from orchestration.explanation.figures import Figures
from orchestration.explanation.rule_rows import Policy, Window
from orchestration.home import IDENTITY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


@dataclass(frozen=True)
class Person:
    """A person of the identity file."""

    employee_id: str
    employee_key: str
    hired_date: date | None


@dataclass(frozen=True)
class Explanation:
    """The tier as published, the texts that explain it, and what they rest on.

    `texts` is empty, and `doubts` says why, where the published tables do not hold the figures of the date.
    """

    person: Person
    as_of: date
    policy: Policy
    scope: str
    window: Window
    tier: dict[str, Any]
    texts: dict[str, str]
    doubts: list[str]
    source: str
    days: PersonDays
    figures: Figures
    cutoffs: list[dict[str, Any]]


def person_of(folder: Path, employee_id: str) -> Person:
    """The person in the identity file; WrongUse when they are not there."""
    import duckdb

    with duckdb.connect(str(folder / IDENTITY_FILE), read_only=True) as identity:
        found = identity.execute(
            "select employee_key, hired_date from marts.employee_identity where employee_id = ?",
            [employee_id],
        ).fetchone()
    if found is None:
        raise WrongUse(
            f"No employee {employee_id!r} is in the published generation: not in the workforce file, "
            "or under no monitoring agreement."
        )
    return Person(employee_id, str(found[0]), found[1])


def gather(
    published: duckdb.DuckDBPyConnection,
    person: Person,
    as_of: date,
    policy_id: str | None,
    scope: str | None,
) -> Explanation:
    """Everything that explains a tier; WrongUse for an unknown policy or scope, or where there is no tier."""
    with rule_rows.load() as rules:
        policy = rule_rows.policy_in_force(rules, policy_id, as_of)
        scope = rule_rows.scope_of(rules, policy, scope)
        tier = person_rows.tier_row(published, person.employee_key, as_of, policy, scope)
        window = policy.window(as_of)
        person_days = days.read(published, rules, person.employee_key, window, scope)
        cutoffs, group = person_rows.cutoffs_of(published, rules, person.employee_key, as_of, policy, scope)
        weekly = person_rows.weekly_row(published, person.employee_key, as_of, policy, scope)
        found = figures.add_up(
            policy, window, person_days, weekly, person_rows.usual_week(published, person.employee_key, as_of)
        )
        texts = person_rows.published_texts(published, person.employee_key, as_of, policy, scope)
        source, doubts = "as published", list[str]()
        if texts is None:
            row = _row(policy, scope, person, as_of, window, tier, found, group)
            source = "worked out anew from the published days" + (" and weeks" if weekly is not None else "")
            texts, doubts = _worded(rules, row, cutoffs, person_days, found)
        return Explanation(
            person, as_of, policy, scope, window, tier, texts, doubts, source, person_days, found, cutoffs
        )


def _worded(
    rules: duckdb.DuckDBPyConnection,
    row: dict[str, Any],
    cutoffs: list[dict[str, Any]],
    person_days: PersonDays,
    found: Figures,
) -> tuple[dict[str, str], list[str]]:
    """The texts, or why there are none: only figures that give the published tier again explain it."""
    tier_of_rule = dict(
        rules.execute(
            "select rule_number, tier_code from tier_rules "
            "where is_rated and policy_id = ? and policy_version = ?",
            [row["policy_id"], row["policy_version"]],
        ).fetchall()
    )
    is_rated = row["tier_code"] in tier_of_rule.values()
    # without a tier, no more is told than the weekly table holds
    if found.doubts and (is_rated or not found.has_weekly_sums):
        return {}, found.doubts
    if is_rated:
        row["rule_number"] = _published_rule(row, tier_of_rule, wording.deciding_rule(rules, row, cutoffs))
        if row["rule_number"] is None:
            return {}, [
                "the figures found do not give the tier again: access or the weekly pattern was another"
            ]
    worded = wording.texts(rules, row, cutoffs)
    texts = {name: str(worded[name]) for name in wording.TEXTS}
    if before := len(person_days.before_data):
        texts["days_text"] = (
            f"{before} days of the window lie before the published data begins; for the whole window the "
            f"weekly table has {row['expected_thousandths'] / 1000:g} expected days and "
            f"{row['observed_thousandths'] / 1000:g} observed."
        )
    return texts, []


def _published_rule(row: dict[str, Any], tier_of_rule: dict[int, str], observed: int | None) -> int | None:
    """The rule of the published tier, if the one that holds for the observed days leads to it; else None.

    Where days are missing, the observed ones alone may give a tier outside the range; its nearest end counts.
    """
    if observed is None or tier_of_rule[observed] == row["tier_code"]:
        return observed
    highest = min(rule for rule, tier in tier_of_rule.items() if tier == row["tier_high_code"])
    lowest = max(rule for rule, tier in tier_of_rule.items() if tier == row["tier_low_code"])
    nearest = max(highest, min(lowest, observed))
    leads_there = row["missing_feed_date_count"] > 0 and tier_of_rule[nearest] == row["tier_code"]
    return nearest if leads_there else None


def _row(  # noqa: PLR0917
    policy: Policy,
    scope: str,
    person: Person,
    as_of: date,
    window: Window,
    tier: dict[str, Any],
    found: Figures,
    group: dict[str, Any],
) -> dict[str, Any]:
    """One row in the columns that the macro tier_texts reads."""
    return {
        "policy_id": policy.policy_id,
        "policy_version": policy.policy_version,
        "scope_code": scope,
        "employee_key": person.employee_key,
        "as_of_date": as_of,
        "window_from": window.first,
        "window_to": window.last,
        "rule_number": None,
        **{
            name: tier[name]
            for name in ("tier_code", "tier_low_code", "tier_high_code", "is_firm", "reason_code")
        },
        **found.values,
        **group,
        "has_access": tier["reason_code"] != "no_access",
        "is_hired_in_window": person.hired_date is not None and person.hired_date >= window.first,
    }
