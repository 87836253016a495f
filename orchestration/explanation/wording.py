"""What the rules make of figures, and in which words: the SQL of the night, run for one person.

The macros are read from dbt_project/macros/tier_texts.sql, so that texts for any policy and date are
written as those published. That file refers to no model, so it is rendered without dbt.
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

MACROS = PROJECT_ROOT / "dbt_project" / "macros" / "tier_texts.sql"
TEXTS = ("rule_text", "thresholds_text", "next_tier_text", "days_text")
CUTOFF_COLUMNS = (
    "policy_id varchar, policy_version integer, scope_code varchar, group_level varchar, group_code varchar, "
    "percentile integer, weekly_mean decimal(18,6), valid_from date"
)
# Types of the columns that may be without a value.
_EMPTY = {"rule_number": "integer", "is_firm": "boolean", "cutoffs_from": "date"}


@cache
def _macros() -> Any:
    text = MACROS.read_text(encoding="utf-8")
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
    """The number of the first rule that holds for the figures as observed: the first that lacks nothing."""
    _fill(rules, figures, cutoffs)
    # the figures once for each rule, as if it decided
    rules.execute(
        """
        create or replace table figures as
        select figures.* replace (asked.rule_number as rule_number)
        from figures
        inner join tier_rules as asked
            on asked.policy_id = figures.policy_id
            and asked.policy_version = figures.policy_version
            and asked.is_rated
        """
    )
    found = rules.execute(
        f"select min(rule_number) from ({texts_query()}) as texts where decided_gaps = ''"
    ).fetchone()
    return found[0] if found else None


def texts_query() -> str:
    """The SQL that writes the texts of relation `figures`, beside the seeds and `cutoffs`."""
    names = ("figures", "tier_policies", "tier_rules", "tier_score_parts", "cutoffs")
    return str(_macros().tier_texts(*names))


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
