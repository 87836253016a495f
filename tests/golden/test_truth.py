"""What is published equals what the sample drew: facts, days, tiers and where each record went.

Expected rows come from the plain-Python oracle over the truth beside the sample, never through SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests import published, warehouse
from tests.golden.conftest import FIRST, LAST
from tests.oracle import Expected, expected

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def oracle(truth_home: Path) -> Expected:
    return expected(truth_home / "sample_truth", FIRST, LAST)


@pytest.fixture
def connection(truth_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with published.open_published(warehouse.current(truth_home)) as connection:
        yield connection


def test_tool_facts_equal_the_truth(connection: duckdb.DuckDBPyConnection, oracle: Expected) -> None:
    assert len(oracle.tool_daily) > 10_000
    assert published.differences(oracle.tool_daily, published.tool_daily(connection)) == []


def test_mode_facts_equal_the_truth(connection: duckdb.DuckDBPyConnection, oracle: Expected) -> None:
    assert {key[2] for key in oracle.mode_daily} == {
        "agent",
        "agent_autonomous",
        "chat",
        "completion",
        "review",
    }
    assert published.differences(oracle.mode_daily, published.mode_daily(connection)) == []


def test_model_facts_equal_the_truth(connection: duckdb.DuckDBPyConnection, oracle: Expected) -> None:
    assert len(oracle.model_daily) > 1_000
    assert published.differences(oracle.model_daily, published.model_daily(connection)) == []


def test_every_persons_days_equal_the_truth(connection: duckdb.DuckDBPyConnection, oracle: Expected) -> None:
    statuses = {row["engagement_status"] for row in oracle.engagement_daily.values()}
    assert statuses == {"active", "inactive", "not_expected", "unknown"}
    assert published.differences(oracle.engagement_daily, published.engagement_daily(connection)) == []


def test_tiers_of_every_as_of_date_equal_the_truth(
    connection: duckdb.DuckDBPyConnection, oracle: Expected
) -> None:
    wanted = {
        (span.scope_code, span.employee_id, *span.tier, span.valid_from, span.valid_to)
        for span in oracle.tier_spans
    }
    assert {span[2] for span in wanted} == {"heavy", "moderate", "light", "none", "unknown", "not_rated"}
    assert {span[6] for span in wanted} == {None, "no_access", "too_new", "absent", "coverage"}
    assert published.tier_spans(connection) ^ wanted == set()


def test_weekly_tiers_and_their_evidence_equal_the_truth(
    connection: duckdb.DuckDBPyConnection, oracle: Expected
) -> None:
    wanted: published.Rows = {
        key: {
            "tier_code": week.tier.tier_code,
            "tier_low_code": week.tier.tier_low_code,
            "tier_high_code": week.tier.tier_high_code,
            "is_firm": week.tier.is_firm,
            "reason_code": week.tier.reason_code,
            "expected": week.tier.expected,
            "observed": week.tier.observed,
            "active": week.tier.active,
            "substantive": week.tier.substantive,
            "active_week_count": week.active_week_count,
        }
        for key, week in oracle.tier_weeks.items()
    }
    assert published.differences(wanted, published.tier_weekly(connection)) == []


def test_every_record_went_where_the_truth_says(
    truth_home: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    wanted = published.true_reconciliation(truth_home / "sample_truth")
    found = published.reconciliation(connection)
    assert published.differences(wanted, found) == []
    parts = ("accepted", "duplicate", "rejected", "unresolved", "non_human")
    for key, row in found.items():
        assert row["record_count"] == sum(row[f"{part}_count"] for part in parts), key
    for part in parts:
        assert sum(row[f"{part}_count"] for row in found.values()) > 0, part
