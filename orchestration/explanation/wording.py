"""What the rules make of figures, and in which words: the SQL of the night, run for one person.

The macros are read from dbt_project/macros, so that a text for any policy and date is written as those that
are published. Macros that refer to models cannot be rendered here, and are not needed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from orchestration.explanation import rule_rows
from orchestration.home import PROJECT_ROOT

if TYPE_CHECKING:
    import duckdb

MACROS = PROJECT_ROOT / "dbt_project" / "macros"
TEXTS = ("rule_text", "thresholds_text", "next_tier_text", "days_text")
CUTOFF_COLUMNS = (
    "policy_id varchar, policy_version integer, scope_code varchar, group_level varchar, group_code varchar, "
    "percentile integer, weekly_mean decimal(18,6), valid_from date"
)
# The columns a rule looks at in the observed reading, as the macro rule_holds names them.
OBSERVED = {
    "denominator": "observed_thousandths",
    "substantive": "substantive_thousandths",
    "active": "active_thousandths",
    "active_days": "active_day_count",
    "reached_weeks": "reached_week_count",
    "used_tools": "used_tool_count",
    "week_weight": "observed_week_weight",
    "is_unbounded": "false",
    "score_holds": "evidence.score_part >= rules.minimum_score * evidence.score_whole",
}

# Types of the columns that may be without a value.
_EMPTY = {"rule_number": "integer", "is_firm": "boolean", "cutoffs_from": "date"}


@cache
def _macros(name: str) -> Any:
    text = (MACROS / f"{name}.sql").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(text).module  # noqa: S701 - SQL


def texts(
    rules: duckdb.DuckDBPyConnection, figures: dict[str, Any], cutoffs: list[dict[str, Any]]
) -> dict[str, Any]:
    """The texts of TEXTS for one row of figures, with the score and its parts."""
    _fill(rules, figures, cutoffs)
    return rule_rows.rows(rules, texts_query())[0]


def deciding_rule(
    rules: duckdb.DuckDBPyConnection, figures: dict[str, Any], cutoffs: list[dict[str, Any]]
) -> int | None:
    """The number of the first rule that holds for the figures as observed."""
    _fill(rules, figures, cutoffs)
    found = rules.execute(
        f"""
        with evidence as (
            select
                texts.*,
                asked.rule_number as asked_rule_number,
                cutoffs.weekly_mean as percentile_weekly_mean,
            from ({texts_query()}) as texts
            inner join tier_rules as asked
                on asked.policy_id = texts.policy_id
                and asked.policy_version = texts.policy_version
            left join cutoffs
                on cutoffs.group_level = texts.group_level
                and cutoffs.group_code = texts.group_code
                and cutoffs.valid_from = texts.cutoffs_from
                and cutoffs.percentile = asked.minimum_percentile
        )

        select min(rules.rule_number)
        from evidence
        inner join tier_rules as rules
            on rules.policy_id = evidence.policy_id
            and rules.policy_version = evidence.policy_version
            and rules.rule_number = evidence.asked_rule_number
        where rules.is_rated and {_macros("tiers").rule_holds(OBSERVED)}
        """
    ).fetchone()
    return found[0] if found else None


def texts_query() -> str:
    """The SQL that writes the texts of relation `figures`, beside the seeds and `cutoffs`."""
    names = ("figures", "tier_policies", "tier_rules", "tier_score_parts", "cutoffs")
    return str(_macros("tier_texts").tier_texts(*names))


def _fill(rules: duckdb.DuckDBPyConnection, figures: dict[str, Any], cutoffs: list[dict[str, Any]]) -> None:
    """The two relations beside the seeds: one row of figures, and the cut-offs of the person's group."""
    columns = ", ".join(f"cast(? as {_type(name, value)}) as {name}" for name, value in figures.items())
    rules.execute(f"create or replace table figures as select {columns}", list(figures.values()))
    rules.execute(f"create or replace table cutoffs ({CUTOFF_COLUMNS})")
    for row in cutoffs:
        rules.execute(f"insert into cutoffs values ({', '.join('?' * len(row))})", list(row.values()))


def _type(name: str, value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "bigint"
        case date():
            return "date"
        case Decimal():
            return "decimal(18, 6)"
        case None:
            return _EMPTY.get(name, "varchar")
        case _:
            return "varchar"
