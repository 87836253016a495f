"""Suites agreements and managers: who may be in the published tables, and under whom."""

from __future__ import annotations

from data_quality.frames import CandidateReader
from data_quality.published_contract import EMPLOYEE_TABLES
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

# Engagement rows are judged by engagement_covers_everyone.
_ENGAGEMENT = "adoption.marts.fct_employee_engagement_daily"
_PERSON_COLUMNS = ("employee_key", "manager_key")


def agreement_span_count(reader: CandidateReader) -> int:
    """How many spans of monitoring agreements are on file."""
    return reader.count("select count(*) from scratch.main.int_agreement_span")


def employee_rows_follow_agreements(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per table that names people: how many of its rows no agreement allows."""
    import pandas as pd

    has_agreement = agreement_span_count(reader) > 0
    rows = []
    for table in sorted({table for table, _ in _person_columns(reader)}):
        row_count = reader.count(f"select count(*) from {table}")
        rows.append((table, 0 if has_agreement else row_count))
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "forbidden_row_count"]),
        metrics=("forbidden_row_count",),
        bounds=(Bound("forbidden_row_count", 0, 0),),
        subjects="tables",
        sentence=lambda row: (
            "No monitoring agreement is on file, yet "
            f"table {row[SUBJECT]} holds {row['forbidden_row_count']} rows."
        ),
        fewest_rows=len(EMPLOYEE_TABLES),
    )


def employee_keys_are_known(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column that names a person: rows whose person is not in dim_employee (facts: that day)."""
    import pandas as pd

    rows = []
    for table, column in _person_columns(reader):
        if table in (_ENGAGEMENT, "adoption.marts.dim_employee") and column == "employee_key":
            continue
        rows.append((f"{table}.{column}", reader.count(_unknown(table, column))))
    rows.sort(key=lambda row: (-row[1], row[0]))
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "stranger_count"]),
        metrics=("stranger_count",),
        bounds=(Bound("stranger_count", 0, 0),),
        subjects="columns",
        sentence=lambda row: (
            f"{row['stranger_count']} rows of {row[SUBJECT]} name somebody not in dim_employee."
        ),
        fewest_rows=len(EMPLOYEE_TABLES) - 2,
    )


def excluded_people_are_absent(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per column that names a person: rows of people who were never under an agreement."""
    import pandas as pd

    rows = [
        (
            f"{table}.{column}",
            reader.count(
                f"select count(*) from {table} where {column} in "
                "(select excluded.employee_key from scratch.main.int_excluded_key as excluded)"
            ),
        )
        for table, column in _person_columns(reader)
    ]
    rows.sort(key=lambda row: (-row[1], row[0]))
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "excluded_count"]),
        metrics=("excluded_count",),
        bounds=(Bound("excluded_count", 0, 0),),
        subjects="columns",
        sentence=lambda row: (
            f"{row['excluded_count']} rows of {row[SUBJECT]} name people without an agreement."
        ),
        fewest_rows=len(EMPLOYEE_TABLES),
    )


def managers_form_no_cycle(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row: how many people stand in a cycle of managers."""
    return Claim(
        frame=reader.frame(
            "select 'hr/workers' as subject, count(distinct employee_key) as person_count "
            "from scratch.main.int_manager_cycle"
        ),
        metrics=("person_count",),
        bounds=(Bound("person_count", 0, 0),),
        subjects="workforce files",
        sentence=lambda row: (
            f"{row['person_count']} people are in a cycle of managers; correct "
            f"manager_employee_id in {row[SUBJECT]}."
        ),
    )


def _person_columns(reader: CandidateReader) -> list[tuple[str, str]]:
    return [
        (table, column)
        for table, columns in sorted(reader.columns.items())
        for column in _PERSON_COLUMNS
        if column in columns
    ]


def _unknown(table: str, column: str) -> str:
    if table.startswith("adoption.marts.fct_") and table.endswith("_daily"):
        return f"""
            select count(*)
            from {table} as facts
            semi join touched on touched.activity_date = facts.activity_date
            left join adoption.marts.dim_employee as employees
                on employees.employee_key = facts.employee_key
                and employees.valid_from <= facts.activity_date
                and coalesce(employees.valid_to, date '9999-12-31') > facts.activity_date
            where employees.employee_key is null
        """
    return f"""
        select count(*)
        from {table} as listed
        anti join adoption.marts.dim_employee as employees on employees.employee_key = listed.{column}
        where listed.{column} is not null
    """
