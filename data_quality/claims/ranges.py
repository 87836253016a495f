"""Suite ranges: no published value lies outside what its column can mean.

Which columns are counts, costs and fractions is read from their names (CONVENTIONS), so a new column is
judged from its first night. Keys and relations are dbt tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.published_contract import REQUIRED_VALUES, TABLES
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

_NUMERIC = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UBIGINT",
    "UINTEGER",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
)
# A person with two jobs may work more than full time; landing refuses above 2.
_HIGHEST_FRACTION = {"fte_fraction": 2}
_SCOPES = "(select scope_code from adoption.marts.dim_tier_scope)"
_TIERS = "(select tier_code from adoption.marts.dim_tier)"
_RATED_TIERS = "(select tier_code from adoption.marts.dim_tier where tier_rank is not null)"
_REASONS = "('coverage', 'no_access', 'too_new', 'absent', 'no_cutoffs', 'company_cutoffs')"
_STATUSES = "('active', 'not_expected', 'unknown', 'inactive')"

CODE_SETS: dict[str, dict[str, str]] = {
    "adoption.marts.fct_employee_engagement_daily": {"engagement_status": _STATUSES},
    "adoption.marts.fct_employee_tool_mode_daily": {"evidence_basis": "('count', 'flag')"},
    "adoption.marts.dim_employee_tier": {
        "scope_code": _SCOPES,
        "tier_code": _TIERS,
        "tier_low_code": _RATED_TIERS,
        "tier_high_code": _RATED_TIERS,
        "reason_code": _REASONS,
    },
    "adoption.marts.fct_employee_tier_weekly": {
        "scope_code": _SCOPES,
        "tier_code": _TIERS,
        "tier_low_code": _RATED_TIERS,
        "tier_high_code": _RATED_TIERS,
        "reason_code": _REASONS,
    },
    "adoption.marts.fct_tier_restatement": {
        "scope_code": _SCOPES,
        "old_tier_code": _TIERS,
        "new_tier_code": _TIERS,
    },
}

_LATEST_DATES: dict[str, str] = {
    "adoption.marts.fct_employee_tool_daily": "activity_date",
    "adoption.marts.fct_employee_tool_mode_daily": "activity_date",
    "adoption.marts.fct_employee_tool_model_daily": "activity_date",
    "adoption.marts.fct_employee_engagement_daily": "activity_date",
    "adoption.marts.fct_employee_tier_weekly": "week_start_date",
    "adoption.marts.dim_employee_tier": "valid_from",
    "adoption.marts.dim_employee_tool": "last_used_date",
    "adoption.ops.reconciliation": "activity_date",
}


def required_values_are_present(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column that may never be NULL: rows without a value."""
    rules = {
        table: {column: f"{column} is null" for column in columns}
        for table, columns in REQUIRED_VALUES.items()
    }
    return _outside(reader, rules, "{count} rows of {subject} hold no value.", sum(map(len, rules.values())))


def fractions_are_fractions(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column named `_fraction` or `_share`: rows outside 0 to 1 (fte_fraction: 0 to 2)."""
    rules = _by_suffix(
        reader, ("_fraction", "_share"), "{column} < 0 or {column} > {highest} or isnan({column}::double)"
    )
    return _outside(
        reader,
        rules,
        "{count} rows of {subject} are no fraction.",
        _promised("_fraction", "_share"),
    )


def counts_are_not_negative(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column named `_count`: rows below 0."""
    rules = _by_suffix(reader, ("_count",), "{column} < 0")
    return _outside(reader, rules, "{count} rows of {subject} are below 0.", _promised("_count"))


def costs_are_not_negative(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column named `_usd`: rows below 0."""
    rules = _by_suffix(reader, ("_usd",), "{column} < 0")
    return _outside(reader, rules, "{count} rows of {subject} are below 0.", _promised("_usd"))


def codes_are_in_their_sets(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column of codes: rows with another code. NULL is judged by required_values_are_present."""
    rules = {
        table: {column: f"{column} not in {codes}" for column, codes in columns.items()}
        for table, columns in CODE_SETS.items()
    }
    return _outside(reader, rules, "{count} rows of {subject} hold a code that is not defined.", len(rules))


def prompts_are_plausible(reader: CandidateReader, thresholds: CheckThresholds) -> Claim:
    """One row per tool: the highest prompt count of a person and rebuilt day."""
    highest = thresholds["highest_prompt_count"]
    frame = reader.frame(
        """
        with highest as (
            select facts.tool_id, max(facts.prompt_count) as prompt_count
            from adoption.marts.fct_employee_tool_daily as facts
            semi join touched on touched.activity_date = facts.activity_date
            group by all
        )
        select tools.tool_id as subject, coalesce(highest.prompt_count, 0) as highest_prompt_count
        from adoption.marts.dim_tool as tools
        left join highest on highest.tool_id = tools.tool_id
        order by highest_prompt_count desc, subject
        """
    )

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"In {row[SUBJECT]} one person-day has {row['highest_prompt_count']:.0f} prompts; "
            f"at most {highest:.0f} are plausible."
        )

    return Claim(
        frame=frame,
        metrics=("highest_prompt_count",),
        bounds=(Bound("highest_prompt_count", None, highest),),
        subjects="tools",
        sentence=sentence,
    )


def dates_are_not_after_as_of(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per dated table: by how many days its latest date lies after the as-of date."""
    query = " union all ".join(
        f"select '{table}' as subject, "
        f"greatest(0, coalesce(date_diff('day', any_value(run_scope.as_of_date), max({column})), 0)) "
        "as late_day_count "
        f"from run_scope left join {table} on true"
        for table, column in _LATEST_DATES.items()
    )
    return Claim(
        frame=reader.frame(f"{query} order by late_day_count desc, subject"),
        metrics=("late_day_count",),
        bounds=(Bound("late_day_count", 0, 0),),
        subjects="tables",
        sentence=lambda row: (
            f"Table {row[SUBJECT]} reaches {row['late_day_count']} days past "
            f"the as-of date {reader.as_of_date}."
        ),
        fewest_rows=len(_LATEST_DATES),
    )


def _by_suffix(
    reader: CandidateReader, suffixes: tuple[str, ...], condition: str
) -> dict[str, dict[str, str]]:
    return {
        table: {
            column: condition.format(column=column, highest=_HIGHEST_FRACTION.get(column, 1))
            for column, data_type in columns.items()
            if column.endswith(suffixes) and data_type.startswith(_NUMERIC)
        }
        for table, columns in reader.columns.items()
    }


def _promised(*suffixes: str) -> int:
    return sum(column.endswith(suffixes) for table in TABLES for column in table.columns)


def _outside(
    reader: CandidateReader, rules: Mapping[str, Mapping[str, str]], text: str, fewest_rows: int
) -> Claim:
    """One row per rule: rows that break it; daily facts on rebuilt dates, weekly ones since."""
    import pandas as pd

    rows: list[tuple[str, int]] = []
    for table, conditions in rules.items():
        if not conditions:
            continue
        counts = ", ".join(f"count(*) filter (where {condition})" for condition in conditions.values())
        found = reader.connection.execute(f"select {counts} from {table} {_rebuilt(table)}").fetchone()
        assert found is not None
        names = (f"{table}.{column}" for column in conditions)
        rows += zip(names, found, strict=True)
    rows.sort(key=lambda row: (-row[1], row[0]))
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "outside_count"]),
        metrics=("outside_count",),
        bounds=(Bound("outside_count", 0, 0),),
        subjects="columns",
        sentence=lambda row: text.format(count=row["outside_count"], subject=row[SUBJECT]),
        fewest_rows=fewest_rows,
    )


def _rebuilt(table: str) -> str:
    name = table.rpartition(".")[2]
    if name.startswith("fct_") and name.endswith("_daily"):
        return "where activity_date in (select touched.activity_date from touched)"
    if name == "fct_employee_tier_weekly":
        return "where week_start_date >= (select date_trunc('week', min(touched.activity_date)) from touched)"
    return ""
