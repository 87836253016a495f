"""The ledger: what it keeps, how content delivered again ranks, and what withdrawing does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest

from orchestration.errors import RunFailed, WrongUse
from orchestration.landing.integrity import FileStamp
from orchestration.ledger import SCHEMA, SELECT, Delivery, Ledger

DAY = date(2026, 3, 1)
STAMP = FileStamp(10, 20)
LANDED = Delivery(
    delivery_id="aaaa",
    source="claude_code",
    feed="usage_report",
    file_path="claude_code/usage_report/a.json",
    parquet_path="landing/claude_code/usage_report/aaaa.parquet",
    content_sha256="f" * 64,
    rank_at=datetime(2026, 3, 2),
    ledger_order=0,
    record_count=3,
    rejected_count=1,
    covers_from=DAY,
    covers_to=DAY,
    landed_at=datetime(2026, 3, 2),
    status="landed",
)
COPY = replace(
    LANDED,
    delivery_id="bbbb",
    file_path="claude_code/usage_report/b.json",
    parquet_path=None,
    status="duplicate",
    duplicate_of="aaaa",
    landed_at=datetime(2026, 3, 5),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def test_a_delivery_is_read_back_as_it_was_entered(ledger: Ledger) -> None:
    entered = ledger.enter(LANDED, {DAY: 2, None: 1}, STAMP)
    assert entered == replace(LANDED, ledger_order=1)
    assert ledger.deliveries() == [entered]
    assert ledger.get("aaaa") == entered
    assert ledger.delivery_dates() == [("aaaa", None, 1), ("aaaa", DAY, 2)]


def test_entries_survive_closing(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as first:
        first.enter(LANDED, {DAY: 3}, STAMP)
    with Ledger(tmp_path / "ledger.sqlite") as again:
        assert [delivery.delivery_id for delivery in again.deliveries()] == ["aaaa"]
        assert again.seen_file(LANDED.file_path) == STAMP
        assert again.is_known(LANDED.file_path, LANDED.content_sha256)
        assert not again.is_known("claude_code/usage_report/other.json", LANDED.content_sha256)


def test_a_duplicate_has_the_dates_of_its_original(ledger: Ledger) -> None:
    ledger.enter(LANDED, {DAY: 3}, STAMP)
    ledger.enter(COPY, {}, STAMP)
    assert ledger.delivery_dates() == [("aaaa", DAY, 3), ("bbbb", DAY, 3)]


@pytest.mark.parametrize(
    ("first_stamp", "copy_stamp", "expected"),
    [
        (None, None, datetime(2026, 3, 2)),
        (None, datetime(2026, 3, 1), datetime(2026, 3, 1)),
        (datetime(2026, 3, 1), datetime(2026, 3, 4), datetime(2026, 3, 4)),
        (datetime(2026, 3, 4), datetime(2026, 3, 1), datetime(2026, 3, 4)),
        (datetime(2026, 3, 4), None, datetime(2026, 3, 4)),
    ],
)
def test_content_ranks_by_the_latest_stamp_under_which_it_came(
    ledger: Ledger, first_stamp: datetime | None, copy_stamp: datetime | None, expected: datetime
) -> None:
    ledger.enter(replace(LANDED, stamp_at=first_stamp), {DAY: 3}, STAMP)
    ledger.enter(replace(COPY, stamp_at=copy_stamp), {}, STAMP)
    assert ledger.get("aaaa").rank_at == expected


def test_a_failed_entry_leaves_nothing_behind(ledger: Ledger) -> None:
    """The dates fail after the delivery itself went in; both belong to one transaction."""
    ledger.enter(LANDED, {DAY: 3}, STAMP)
    other = replace(LANDED, delivery_id="cccc", file_path="claude_code/usage_report/c.json")
    with pytest.raises(sqlite3.IntegrityError):
        ledger.enter(other, {DAY: cast(int, None)}, STAMP)
    assert [delivery.delivery_id for delivery in ledger.deliveries()] == ["aaaa"]
    assert ledger.delivery_dates() == [("aaaa", DAY, 3)]
    assert ledger.seen_file("claude_code/usage_report/c.json") is None


def test_a_ledger_at_work_elsewhere_is_said_so(ledger: Ledger, tmp_path: Path) -> None:
    ledger.enter(LANDED, {DAY: 3}, STAMP)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")
        ledger._database.execute("pragma busy_timeout = 1")
        with pytest.raises(RunFailed, match="cannot be written"):
            ledger.withdraw("aaaa", "x")
        other.execute("rollback")
    assert ledger.withdraw("aaaa", "x").status == "withdrawn"


def test_withdrawing_marks_the_delivery_and_the_copies_of_its_records(ledger: Ledger) -> None:
    ledger.enter(LANDED, {DAY: 3}, STAMP)
    ledger.enter(COPY, {}, STAMP)
    withdrawn = ledger.withdraw("aaaa", "wrong export")
    assert (withdrawn.status, withdrawn.withdrawn_reason) == ("withdrawn", "wrong export")
    assert [delivery.status for delivery in ledger.deliveries()] == ["withdrawn", "withdrawn"]


def test_withdrawing_an_empty_delivery_leaves_other_empty_ones(ledger: Ledger) -> None:
    ledger.enter(replace(LANDED, record_count=0, rejected_count=0), {}, STAMP)
    ledger.enter(replace(COPY, record_count=0, rejected_count=0), {}, STAMP)
    ledger.withdraw("aaaa", "wrong day")
    assert [delivery.status for delivery in ledger.deliveries()] == ["withdrawn", "duplicate"]


def test_withdrawing_a_copy_leaves_the_original_and_its_rank(ledger: Ledger) -> None:
    ledger.enter(replace(LANDED, stamp_at=datetime(2026, 3, 1)), {DAY: 3}, STAMP)
    ledger.enter(replace(COPY, stamp_at=datetime(2026, 3, 4)), {}, STAMP)
    ledger.withdraw("bbbb", "sent by mistake")
    assert [delivery.status for delivery in ledger.deliveries()] == ["landed", "withdrawn"]
    assert ledger.get("aaaa").rank_at == datetime(2026, 3, 1)


def test_withdrawing_what_is_unknown_or_withdrawn_is_wrong_use(ledger: Ledger) -> None:
    ledger.enter(LANDED, {DAY: 3}, STAMP)
    with pytest.raises(WrongUse, match="no delivery cccc"):
        ledger.withdraw("cccc", "x")
    with pytest.raises(WrongUse, match="Say why"):
        ledger.withdraw("aaaa", " ")
    ledger.withdraw("aaaa", "x")
    with pytest.raises(WrongUse, match="withdrawn before"):
        ledger.withdraw("aaaa", "y")
    assert ledger.get("aaaa").withdrawn_reason == "x"


def test_a_damaged_or_newer_ledger_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"no database at all" * 100)
    with pytest.raises(RunFailed, match="cannot be opened"):
        Ledger(damaged)
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as database:
        database.execute("pragma user_version = 99")
    database.close()
    with pytest.raises(RunFailed, match="newer version"):
        Ledger(newer)


def test_a_ledger_of_the_first_version_is_upgraded_in_place(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"{SCHEMA} pragma user_version = 1;")
        database.execute(
            "insert into delivery values (1, 'aaaa', 's', 'f', 'p', null, 'x', null, 3, 1, null, null, 1, "
            "'2026-03-02', 'landed', null, null)"
        )
        database.commit()
    for _ in range(2):
        with Ledger(path) as ledger:
            assert [one.delivery_id for one in ledger.deliveries()] == ["aaaa"]
            assert (ledger.frozen_deliveries(), ledger.schema_drift()) == ([], [])
            ledger.keep_frozen([], {})


def test_ranks_are_found_in_one_pass(tmp_path: Path) -> None:
    """One search for each delivery took 5 s of a night after two years."""
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as database:
        database.executescript(SCHEMA)
        steps = [row[3] for row in database.execute(f"explain query plan {SELECT}")]
    assert steps
    assert not [step for step in steps if "CORRELATED" in step]
