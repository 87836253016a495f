"""Randomly damaged deliveries: every record is landed or rejected, nothing crashes, no message holds a value.

1,000 deliveries in the suite, always the same; ADOPTION_TEST_DAMAGED and ADOPTION_TEST_SEED draw others.
"""

from __future__ import annotations

import faulthandler
import os
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from orchestration.home import Home
from orchestration.ledger import Ledger
from tests.unit.damaged_deliveries import CANARY, Damaged, content, counted_records, drawn
from tests.unit.landing_home import LandingHome

pytestmark = pytest.mark.slow

# Planning the SQL of the feeds takes longer than reading these small files, so many share a home.
BATCH = 250
COUNT = int(os.environ.get("ADOPTION_TEST_DAMAGED", "1000"))
# Parts that can run beside each other.
PARTS = max(COUNT // 5_000, 1)
SEED = int(os.environ.get("ADOPTION_TEST_SEED", "20260331"))
HANG_SECONDS = 900


@pytest.mark.parametrize("part", range(PARTS))
@seed(SEED)
@settings(
    max_examples=COUNT // PARTS // BATCH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(number=st.integers(0, 2**32 - 1))
def test_every_record_of_a_damaged_delivery_is_landed_or_rejected(part: int, number: int) -> None:
    """A number stands for a batch of files, so that drawing costs nothing and one number shows it again."""
    first = (part << 32 | number) * BATCH
    files = [drawn(first + place) for place in range(BATCH)]
    faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    try:
        with tempfile.TemporaryDirectory() as directory:
            landing = LandingHome(Home(Path(directory)))
            named = {f"{file.feed}/{n}_2026-03-02{file.suffix}": file for n, file in enumerate(files)}
            for path, file in named.items():
                landing.put(path, content(file))
            _check(landing, named)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _check(landing: LandingHome, named: dict[str, Damaged]) -> None:
    report = landing.land()
    entered = {one.file_path: one for one in (*report.landed, *report.duplicates)}
    frozen = {one.file_path: one for one in report.frozen}
    refused = {one.path: one.sentence for one in report.refused}
    unread = {notice.split(" ", 1)[0] for notice in report.notices}
    said = [*refused.values(), *report.notices, *(one.reason for one in report.frozen)]
    with Ledger(landing.home.ledger) as ledger:
        dates = ledger.delivery_dates()
        said += [one.key_path for one in ledger.schema_drift()]
    for path, file in named.items():
        places = [path in entered, path in frozen, path in refused, path in unread]
        assert sum(places) == 1, (path, file, places)
        expected = counted_records(file, content(file))
        if path in frozen:
            assert frozen[path].record_count == expected, (path, file)
        if path not in entered:
            continue
        delivery = entered[path]
        assert delivery.record_count == expected, (path, file)
        assert sum(count for one, _, count in dates if one == delivery.delivery_id) == expected, (path, file)
        if delivery.parquet_path:
            reasons = _reasons(landing.home.root / delivery.parquet_path)
            assert len(reasons) == expected, (path, file)
            assert sum(one is not None for one in reasons) == delivery.rejected_count, (path, file)
            said += [one for one in reasons if one]
    assert not [text for text in said if CANARY in text]
    kept = {landing.home.root / str(one.parquet_path) for one in report.landed}
    assert set(landing.home.landing.rglob("*.*")) == kept


def _reasons(path: Path) -> list[str | None]:
    with duckdb.connect() as database:
        return [
            row[0]
            for row in database.execute("select reject_reason from read_parquet(?)", [str(path)]).fetchall()
        ]
