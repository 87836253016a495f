"""What is published equals what the sample drew: facts, days, tiers and where each record went.

Expected rows come from the plain-Python oracle over the truth beside the sample, never through SQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE
from tests import published, warehouse
from tests.golden.conftest import FIRST, LAST
from tests.golden.cutoffs import SETS
from tests.oracle import Expected, expected, read_cutoffs
from tests.oracle.policies import SHIPPED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def oracle(truth_home: Path) -> Expected:
    files = sorted((truth_home / "inbox" / "tiers" / "cutoffs").iterdir())
    assert len(files) == len(SETS)
    return expected(truth_home / "sample_truth", FIRST, LAST, cutoffs=read_cutoffs(files))


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


def test_tiers_of_every_policy_scope_and_as_of_date_equal_the_truth(
    connection: duckdb.DuckDBPyConnection, oracle: Expected
) -> None:
    wanted = {
        (
            *(span.policy_id, span.policy_version, span.scope_code, span.employee_id),
            *(*span.tier, span.valid_from, span.valid_to),
        )
        for span in oracle.tier_spans
    }
    for policy in SHIPPED:
        of_policy = [span for span in wanted if span[0] == policy.policy_id]
        rated = {rule.tier_code for rule in policy.rules}
        # cut-offs begin late in the sample, when hardly a day is missing any more
        unrated = {"not_rated"} if policy.needs_cutoffs else {"unknown", "not_rated"}
        assert {span[4] for span in of_policy} == rated | unrated, policy.policy_id
        reasons = {None, "no_access", "too_new", "absent"}
        reasons |= {"no_cutoffs", "company_cutoffs"} if policy.needs_cutoffs else {"coverage"}
        assert {span[8] for span in of_policy} == reasons, policy.policy_id
    published_spans = published.tier_spans(connection)
    assert sorted(wanted - published_spans, key=str) == []
    assert sorted(published_spans - wanted, key=str) == []


def test_weekly_tiers_and_their_evidence_equal_the_truth(
    connection: duckdb.DuckDBPyConnection, oracle: Expected
) -> None:
    assert {key[0] for key in oracle.tier_weeks} == {policy.policy_id for policy in SHIPPED}
    wanted: published.Rows = {key: asdict(tier) for key, tier in oracle.tier_weeks.items()}
    found = published.tier_weekly(connection)
    assert published.differences(wanted, found) == []
    for key, row in found.items():
        coverage, expected_days, observed_days = row["coverage_fraction"], row["expected"], row["observed"]
        assert (coverage is None) == (expected_days == 0), key
        if coverage is not None:  # published with four decimals
            assert abs(coverage * expected_days - observed_days) <= Decimal("0.00005") * expected_days, key


def test_every_record_went_where_the_truth_says(
    truth_home: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    wanted = published.true_reconciliation(truth_home / "sample_truth")
    found = published.reconciliation(connection)
    # the cut-offs are the fixture's, not the sample's: 2 sets, every row of them good
    cutoffs = found.pop(("tiers", "cutoffs", None))
    assert cutoffs["record_count"] == cutoffs["accepted_count"] > 0
    assert published.differences(wanted, found) == []
    parts = ("accepted", "duplicate", "rejected", "unresolved", "non_human")
    for key, row in found.items():
        assert row["record_count"] == sum(row[f"{part}_count"] for part in parts), key
    for part in parts:
        assert sum(row[f"{part}_count"] for row in found.values()) > 0, part


@pytest.fixture
def spoilt(truth_home: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the published facts, to plant faults in."""
    for name in (EMPLOYEE_FILE, IDENTITY_FILE):
        shutil.copy(warehouse.current(truth_home) / name, tmp_path)
    with published.open_published(tmp_path, read_only=False) as connection:
        yield connection


FACTS = "marts.fct_employee_tool_daily"
Totals = list[tuple[object, ...]]


def _totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    return connection.execute(
        "select tool_id, activity_date, count(*), count(distinct employee_key) as people, "
        "sum(intentional_action_count) "
        f"from {FACTS} group by all order by all"
    ).fetchall()


def _two_of_a_day(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """(rowid, employee_key, employee_id) of two people who did not do the same with one tool on one day."""
    return connection.execute(
        f"with pair as (select one.rowid as one_row, other.rowid as other_row from {FACTS} as one "
        f"join {FACTS} as other on other.tool_id = one.tool_id and other.activity_date = one.activity_date "
        "and other.intentional_action_count > one.intentional_action_count order by all limit 1) "
        f"select facts.rowid, employee_key, employee_id from {FACTS} as facts cross join pair "
        "join person using (employee_key) where facts.rowid in (one_row, other_row) order by all"
    ).fetchall()


def test_a_row_that_is_lost_is_seen(spoilt: duckdb.DuckDBPyConnection, oracle: Expected) -> None:
    (row, _, employee_id), _ = _two_of_a_day(spoilt)
    spoilt.execute(f"delete from {FACTS} where rowid = ?", [row])
    (found,) = published.differences(oracle.tool_daily, published.tool_daily(spoilt))
    assert found.startswith(f"missing ('{employee_id}'")


def test_a_row_that_is_there_twice_is_seen(spoilt: duckdb.DuckDBPyConnection) -> None:
    (row, _, employee_id), _ = _two_of_a_day(spoilt)
    spoilt.execute(f"insert into {FACTS} select * from {FACTS} where rowid = ?", [row])
    with pytest.raises(AssertionError, match=rf"grain repeated: \('{employee_id}'"):
        published.tool_daily(spoilt)


def test_rows_of_two_people_swapped_are_seen_though_every_total_stays(
    spoilt: duckdb.DuckDBPyConnection, oracle: Expected
) -> None:
    totals = _totals(spoilt)
    (row, key, employee_id), (other_row, other_key, other_id) = _two_of_a_day(spoilt)
    for given, target in ((other_key, row), (key, other_row)):
        spoilt.execute(f"update {FACTS} set employee_key = ? where rowid = ?", [given, target])
    assert _totals(spoilt) == totals
    found = published.differences(oracle.tool_daily, published.tool_daily(spoilt))
    named = {name for name in (employee_id, other_id) for line in found if line.startswith(f"('{name}'")}
    assert named == {employee_id, other_id}
