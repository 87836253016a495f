"""Suite contract: the tables and columns readers rely on are there, and hold rows where they must.

Types are enforced by the contracts of the dbt models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.claims.agreements import agreement_span_count
from data_quality.frames import CandidateReader
from data_quality.published_contract import TABLES
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

_ALWAYS_FILLED = (
    "adoption.marts.dim_tool",
    "adoption.marts.dim_usage_mode",
    "adoption.marts.dim_tier",
    "shared.marts.feed_freshness",
)
_FILLED_WITH_AGREEMENTS = (
    "adoption.marts.dim_employee",
    "adoption.marts.dim_date",
    "adoption.marts.dim_employee_tier",
    "adoption.marts.fct_employee_engagement_daily",
    "identity.marts.employee_identity",
)
_TOOL_FACTS = "adoption.marts.fct_employee_tool_daily"


def published_tables_exist(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per published table: 1 when it is missing."""
    import pandas as pd

    found = reader.columns
    rows = [(table.qualified_name, int(table.qualified_name not in found)) for table in TABLES]
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "missing_table_count"]),
        metrics=("missing_table_count",),
        bounds=(Bound("missing_table_count", 0, 0),),
        subjects="tables",
        sentence=lambda row: f"Table {row[SUBJECT]} is missing.",
        fewest_rows=len(TABLES),
    )


def published_columns_exist(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per published table that is there: how many columns of its contract are missing."""
    import pandas as pd

    found = reader.columns
    missing = {
        table.qualified_name: [name for name in table.columns if name not in found[table.qualified_name]]
        for table in TABLES
        if table.qualified_name in found
    }

    def sentence(row: Mapping[str, Any]) -> str:
        return f"Table {row[SUBJECT]} lacks {', '.join(missing[row[SUBJECT]])}."

    return Claim(
        frame=pd.DataFrame(
            [(table, len(columns)) for table, columns in missing.items()],
            columns=[SUBJECT, "missing_column_count"],
        ),
        metrics=("missing_column_count",),
        bounds=(Bound("missing_column_count", 0, 0),),
        subjects="tables",
        sentence=sentence,
    )


def published_tables_have_rows(reader: CandidateReader, thresholds: CheckThresholds) -> Claim:
    """One row per table that cannot rightly be empty: how many rows it lacks."""
    import pandas as pd

    accepted_floor = thresholds["accepted_records"]
    has_agreement = agreement_span_count(reader) > 0
    accepted = reader.count(
        "select sum(accepted_count) from adoption.ops.reconciliation "
        "where source in (select tool_id from adoption.marts.dim_tool)"
    )
    floors = dict.fromkeys(_ALWAYS_FILLED, 1) | dict.fromkeys(_FILLED_WITH_AGREEMENTS, int(has_agreement))
    floors[_TOOL_FACTS] = int(has_agreement and accepted >= accepted_floor)
    rows = []
    for table, fewest in floors.items():
        row_count = reader.count(f"select count(*) from {table}")
        rows.append((table, max(0, fewest - row_count)))
    return Claim(
        frame=pd.DataFrame(rows, columns=[SUBJECT, "missing_row_count"]),
        metrics=("missing_row_count",),
        bounds=(Bound("missing_row_count", 0, 0),),
        subjects="tables",
        sentence=lambda row: f"Table {row[SUBJECT]} is empty.",
        fewest_rows=len(floors),
    )
