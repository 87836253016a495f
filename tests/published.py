"""Reads published tables back as the oracle states them: by employee_id, fractions in thousandths.

Only reading belongs here; what is expected belongs to tests/oracle.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tests.oracle.expected import MEASURES

Rows = dict[tuple[Any, ...], dict[str, Any]]


def rows_by(connection: duckdb.DuckDBPyConnection, query: str, key_count: int) -> Rows:
    """Rows keyed by their first `key_count` columns; a repeated key fails, since it would hide a row."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    result: Rows = {}
    for row in cursor.fetchall():
        key = tuple(row[:key_count])
        assert key not in result, f"grain repeated: {key}"
        result[key] = dict(zip(names[key_count:], row[key_count:], strict=True))
    return result


def open_published(directory: Path, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """The employee-level file, and the identity file beside it, which is never written."""
    connection = duckdb.connect(str(directory / "adoption.duckdb"), read_only=read_only)
    connection.execute(f"attach '{directory / 'adoption_identity.duckdb'}' as identity (read_only)")
    connection.execute(
        "create temp view person as select employee_key, employee_id from identity.marts.employee_identity"
    )
    return connection


def tool_daily(connection: duckdb.DuckDBPyConnection) -> Rows:
    columns = ", ".join(
        ["is_active", "is_substantive", *MEASURES, "list_cost_usd", "billed_cost_usd", "is_provisional"]
    )
    return rows_by(
        connection,
        f"select employee_id, tool_id, activity_date, {columns} "
        "from marts.fct_employee_tool_daily join person using (employee_key)",
        3,
    )


def mode_daily(connection: duckdb.DuckDBPyConnection) -> Rows:
    return rows_by(
        connection,
        "select employee_id, tool_id, mode_code, activity_date, is_active, is_substantive, evidence_basis, "
        "intentional_action_count from marts.fct_employee_tool_mode_daily join person using (employee_key)",
        4,
    )


def model_daily(connection: duckdb.DuckDBPyConnection) -> Rows:
    return rows_by(
        connection,
        "select employee_id, tool_id, model_name, activity_date, request_count, input_token_count, "
        "output_token_count, cache_read_token_count, cache_write_token_count, list_cost_usd "
        "from marts.fct_employee_tool_model_daily join person using (employee_key)",
        4,
    )


def engagement_daily(connection: duckdb.DuckDBPyConnection) -> Rows:
    return rows_by(
        connection,
        "select employee_id, activity_date, engagement_status, "
        "cast(expected_fraction * 1000 as integer) as expected_thousandths, is_substantive, "
        "active_tool_count, intentional_action_count, list_cost_usd, is_provisional "
        "from marts.fct_employee_engagement_daily join person using (employee_key)",
        2,
    )


def tier_spans(connection: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """(policy, version, scope, employee_id, tier, low, high, is_firm, reason, valid_from, valid_to)."""
    return set(
        connection.execute(
            "select policy_id, policy_version, scope_code, employee_id, tier_code, tier_low_code, "
            "tier_high_code, is_firm, reason_code, valid_from, valid_to "
            "from marts.dim_employee_tier join person using (employee_key)"
        ).fetchall()
    )


def tiers_on(connection: duckdb.DuckDBPyConnection, as_of: date) -> Rows:
    """Tiers as of a date by (policy, version, scope, employee_id)."""
    return rows_by(
        connection,
        "select policy_id, policy_version, scope_code, employee_id, tier_code, tier_low_code, "
        "tier_high_code, is_firm, reason_code from marts.dim_employee_tier join person using (employee_key) "
        f"where valid_from <= date '{as_of}' and (valid_to is null or valid_to > date '{as_of}')",
        4,
    )


def tier_ranks(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, str], int]:
    """Rank by (policy, version, tier), of the tiers that have one."""
    rows = connection.execute(
        "select policy_id, policy_version, tier_code, tier_rank from marts.dim_tier "
        "where tier_rank is not null"
    ).fetchall()
    return {(policy, version, tier): rank for policy, version, tier, rank in rows}


def tier_weekly(connection: duckdb.DuckDBPyConnection) -> Rows:
    """By (policy, version, scope, employee_id, Monday); days of the evidence in thousandths."""
    return rows_by(
        connection,
        "select policy_id, policy_version, scope_code, employee_id, week_start_date, "
        "tier_code, tier_low_code, tier_high_code, is_firm, reason_code, "
        "cast(expected_day_count * 1000 as integer) as expected, "
        "cast(observed_day_count * 1000 as integer) as observed, "
        "cast(active_day_count * 1000 as integer) as active, "
        "cast(substantive_day_count * 1000 as integer) as substantive, active_week_count, "
        "intentional_action_count, coverage_fraction, weekly_mean "
        "from marts.fct_employee_tier_weekly join person using (employee_key)",
        5,
    )


def reconciliation(connection: duckdb.DuckDBPyConnection) -> Rows:
    return rows_by(
        connection,
        "select source, feed, activity_date, record_count, accepted_count, duplicate_count, rejected_count, "
        "unresolved_count, non_human_count from ops.reconciliation",
        3,
    )


def true_reconciliation(truth: Path) -> Rows:
    """What the sample says went where, of dates the run was to build."""
    result: Rows = {}
    for line in (truth / "reconciliation.jsonl").read_text().splitlines():
        row = json.loads(line)
        day = date.fromisoformat(row["date"]) if row["date"] else None
        key = (row["source"], row["feed"], day)
        result[key] = {name: value for name, value in row.items() if name.endswith("_count")}
    return result


def differences(expected: Rows, published: Rows) -> list[str]:
    """One line per row that is missing, too many or different; empty when both are equal."""
    lines = [f"missing {key}: {expected[key]}" for key in sorted(expected.keys() - published.keys(), key=str)]
    lines += [
        f"unexpected {key}: {published[key]}" for key in sorted(published.keys() - expected.keys(), key=str)
    ]
    for key in sorted(expected.keys() & published.keys(), key=str):
        wanted, found = expected[key], published[key]
        lines += [
            f"{key} {name}: expected {wanted[name]!r}, published {found.get(name)!r}"
            for name in wanted
            if wanted[name] != found.get(name)
        ]
    return lines
