"""What the published tables say of one person's tier: the row, its texts, its weekly sums, its cut-offs.

Only reading belongs here; what is made of the rows is in tier.py, the days are in days.py.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from orchestration.errors import WrongUse
from orchestration.explanation import figures, wording
from orchestration.explanation.rule_rows import Policy, rows

if TYPE_CHECKING:
    import duckdb

EVIDENCE = "fct_employee_tier_evidence"
# How far around the date the days are looked at that tell what a usual week of the person is.
USUAL_DAYS = 84


def tier_row(
    published: duckdb.DuckDBPyConnection, key: str, as_of: date, policy: Policy, scope: str
) -> dict[str, Any]:
    """The published tier on a date; WrongUse where there is none, with the dates on which there is."""
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


def published_texts(
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


def weekly_row(
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


def usual_week(published: duckdb.DuckDBPyConnection, key: str, as_of: date) -> int:
    """The thousandths of a usual week of the person, as the days around a date show it."""
    return figures.usual_week(
        published.execute(
            "select activity_date, round(expected_fraction * 1000)::integer "
            "from marts.fct_employee_engagement_daily "
            "where employee_key = ? and activity_date > ? and activity_date < ?",
            [
                key,
                as_of - timedelta(days=USUAL_DAYS),
                as_of + timedelta(days=USUAL_DAYS),
            ],
        ).fetchall()
    )


def cutoffs_of(  # noqa: PLR0917
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
