"""What status and alerts call missing: days on end that a feed's own rhythm does not explain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from orchestration.missing_days import MissingDays, gaps

WEEKLY, DAILY = "m365_copilot/usage_user_detail", "chatgpt/conversation_messages"


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two feeds as of 28 March, of which the first comes every seven days; nothing is covered yet."""
    with duckdb.connect() as database:
        database.execute("attach ':memory:' as shared")
        database.execute("create schema ops")
        database.execute("create schema shared.marts")
        database.execute("create table ops.feed_coverage (source varchar, feed varchar, activity_date date)")
        database.execute(
            "create table shared.marts.feed_freshness as select * from (values "
            "('m365_copilot', 'usage_user_detail', date '2026-03-28', 7), "
            "('chatgpt', 'conversation_messages', date '2026-03-28', 1)"
            ") as feeds (source, feed, as_of_date, delivered_every_days)"
        )
        yield database


def _cover(published: duckdb.DuckDBPyConnection, feed: str, days: list[int]) -> None:
    source, name = feed.split("/")
    rows = [(source, name, date(2026, 3, day)) for day in days]
    published.executemany("insert into ops.feed_coverage values (?, ?, ?)", rows)


def test_days_between_weekly_snapshots_are_not_missing(published: duckdb.DuckDBPyConnection) -> None:
    _cover(published, DAILY, list(range(1, 29)))
    _cover(published, WEEKLY, [1, 8, 15, 22])
    assert gaps(published) == ()


def test_a_weekly_snapshot_that_did_not_come_is(published: duckdb.DuckDBPyConnection) -> None:
    _cover(published, DAILY, list(range(1, 29)))
    _cover(published, WEEKLY, [1, 8, 21])
    assert gaps(published) == (
        MissingDays(WEEKLY, date(2026, 3, 9), date(2026, 3, 20), is_open=False),
        MissingDays(WEEKLY, date(2026, 3, 22), date(2026, 3, 28), is_open=True),
    )


def test_one_day_of_a_daily_feed_is(published: duckdb.DuckDBPyConnection) -> None:
    _cover(published, DAILY, [day for day in range(1, 28) if day != 20])
    _cover(published, WEEKLY, [1, 8, 15, 22])
    assert gaps(published) == (
        MissingDays(DAILY, date(2026, 3, 20), date(2026, 3, 20), is_open=False),
        MissingDays(DAILY, date(2026, 3, 28), date(2026, 3, 28), is_open=True),
    )
