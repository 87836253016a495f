"""One person's published tier on a date, and all that explains it, gathered from one generation.

What is printed of it belongs to command_line/explain.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from orchestration.errors import WrongUse
from orchestration.explanation import days, figures, rule_rows, wording
from orchestration.explanation.days import PersonDays
from orchestration.explanation.figures import Figures
from orchestration.explanation.rule_rows import Policy, Window, rows
from orchestration.home import IDENTITY_FILE

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

EVIDENCE = "fct_employee_tier_evidence"
# How far around the date the days are looked at that tell what a usual week of the person is.
USUAL_DAYS = 84


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
        tier = _tier(published, person.employee_key, as_of, policy, scope)
        window = policy.window(as_of)
        person_days = days.read(published, rules, person.employee_key, window, scope)
        cutoffs, group = _cutoffs(published, rules, person.employee_key, as_of, policy, scope)
        weekly = _weekly_row(published, person.employee_key, as_of, policy, scope)
        found = figures.add_up(policy, window, person_days, weekly, _usual_week(published, person, as_of))
        texts = _published_texts(published, person.employee_key, as_of, policy, scope)
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
    of_tier = {
        number
        for (number,) in rules.execute(
            "select rule_number from tier_rules "
            "where is_rated and policy_id = ? and policy_version = ? and tier_code = ?",
            [row["policy_id"], row["policy_version"], row["tier_code"]],
        ).fetchall()
    }
    # without a tier, no more is told than the weekly table holds
    if found.doubts and (of_tier or not found.has_weekly_sums):
        return {}, found.doubts
    if of_tier:
        row["rule_number"] = wording.deciding_rule(rules, row, cutoffs)
        is_end_of_range = row["tier_code"] in {row["tier_low_code"], row["tier_high_code"]}
        # where days are missing, what the others alone give may lie outside the range; its nearest end counts
        if row["missing_feed_date_count"] and is_end_of_range and row["rule_number"] not in of_tier:
            row["rule_number"] = min(of_tier)
        if row["rule_number"] not in of_tier:
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


def _tier(
    published: duckdb.DuckDBPyConnection, key: str, as_of: date, policy: Policy, scope: str
) -> dict[str, Any]:
    found = rows(
        published,
        """
        select t.policy_version, t.tier_code, t.tier_low_code, t.tier_high_code, t.is_firm, t.reason_code,
            t.valid_from, t.valid_to, d.tier_name
        from marts.dim_employee_tier as t
        left join marts.dim_tier as d
            on d.policy_id = t.policy_id and d.policy_version = t.policy_version and d.tier_code = t.tier_code
        where t.employee_key = ? and t.policy_id = ? and t.scope_code = ?
            and t.valid_from <= ? and (t.valid_to is null or t.valid_to > ?)
        """,
        [key, policy.policy_id, scope, as_of, as_of],
    )
    if found and found[0]["policy_version"] == policy.policy_version:
        return found[0]
    raise WrongUse(
        f"This person has no tier as of {as_of} by {policy.policy_id} {policy.period()}: not employed, "
        f"not under an agreement, or before the data begins. {_known_dates(published, key, policy, scope)}"
    )


def _known_dates(published: duckdb.DuckDBPyConnection, key: str, policy: Policy, scope: str) -> str:
    """The as-of dates on which the person has a tier, in words."""
    spans = published.execute(
        "select valid_from, valid_to from marts.dim_employee_tier "
        "where employee_key = ? and policy_id = ? and scope_code = ? order by valid_from",
        [key, policy.policy_id, scope],
    ).fetchall()
    if not spans:
        return "There is none on any published date."
    last = spans[-1][1]
    until = "the published date" if last is None else str(last - timedelta(days=1))
    return f"Known are as-of dates from {spans[0][0]} to {until}."


def _published_texts(
    published: duckdb.DuckDBPyConnection, key: str, as_of: date, policy: Policy, scope: str
) -> dict[str, str] | None:
    """The texts of the evidence table, if it speaks of this tier; a generation of before may not have it."""
    if not rows(
        published, "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?", [EVIDENCE]
    ):
        return None
    found = rows(
        published,
        f"select {', '.join(wording.TEXTS)} from marts.{EVIDENCE} where employee_key = ? and policy_id = ? "
        "and policy_version = ? and scope_code = ? and as_of_date = ?",
        [key, policy.policy_id, policy.policy_version, scope, as_of],
    )
    return found[0] if found else None


def _weekly_row(
    published: duckdb.DuckDBPyConnection, key: str, as_of: date, policy: Policy, scope: str
) -> dict[str, Any] | None:
    """The published sums of the same window, if the weekly table has them."""
    start = figures.weekly_row_start(policy, as_of)
    if start is None:
        return None
    found = rows(
        published,
        "select * from marts.fct_employee_tier_weekly where employee_key = ? and policy_id = ? "
        "and policy_version = ? and scope_code = ? and week_start_date = ?",
        [key, policy.policy_id, policy.policy_version, scope, start],
    )
    return found[0] if found else None


def _usual_week(published: duckdb.DuckDBPyConnection, person: Person, as_of: date) -> int:
    return figures.usual_week(
        published.execute(
            "select activity_date, round(expected_fraction * 1000)::integer "
            "from marts.fct_employee_engagement_daily "
            "where employee_key = ? and activity_date > ? and activity_date < ?",
            [
                person.employee_key,
                as_of - timedelta(days=USUAL_DAYS),
                as_of + timedelta(days=USUAL_DAYS),
            ],
        ).fetchall()
    )


def _cutoffs(  # noqa: PLR0917
    published: duckdb.DuckDBPyConnection,
    rules: duckdb.DuckDBPyConnection,
    key: str,
    as_of: date,
    policy: Policy,
    scope: str,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The cut-offs the person is compared with: of the line of business, else the company; and whose."""
    nobody = {"group_level": None, "group_code": None, "cutoffs_from": None}
    if not rules.execute(
        "select 1 from tier_rules "
        "where policy_id = ? and policy_version = ? and minimum_percentile is not null",
        [policy.policy_id, policy.policy_version],
    ).fetchone():
        return [], nobody
    found = rows(
        published,
        """
        select c.policy_id, c.policy_version, c.scope_code, c.group_level, c.group_code, c.percentile,
            c.weekly_mean, c.valid_from
        from ops.tier_cutoff as c
        where c.policy_id = ? and c.policy_version = ? and c.scope_code = ?
            and c.valid_from <= ? and (c.valid_to is null or c.valid_to > ?)
            and (c.group_level = 'company' or c.group_code in (
                select line_of_business from marts.dim_employee
                where employee_key = ? and valid_from <= ? and (valid_to is null or valid_to > ?)
            ))
        order by c.group_level, c.percentile
        """,
        [policy.policy_id, policy.policy_version, scope, as_of, as_of, key, as_of, as_of],
    )
    if not found:
        return [], nobody
    level = (
        "line_of_business" if any(row["group_level"] == "line_of_business" for row in found) else "company"
    )
    chosen = [row for row in found if row["group_level"] == level]
    group = {name: chosen[0][name] for name in ("group_level", "group_code")}
    return chosen, group | {"cutoffs_from": chosen[0]["valid_from"]}
