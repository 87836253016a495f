"""Clocks put back or forward, days of 23 and 25 hours, leap days, year ends: every event counts once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestration.home import Home
from orchestration.ledger import Delivery
from orchestration.transformation import run_scope
from orchestration.transformation.run_scope import Bounds, DeliveryDates, Published, RunScope
from tests.unit.landing_home import CHATGPT, LandingHome, chat_record, ndjson

NEW_YORK = ZoneInfo("America/New_York")
BOUNDS = Bounds(earliest_date=date(2024, 1, 1), retention_days=730)
TICK = time(2, 30)
ONE_DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def tick(day: date) -> datetime:
    """When the night of a date begins; on the day without 02:30 an hour later."""
    return datetime.combine(day, TICK, NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize("odd_day", [SPRING, AUTUMN, date(2028, 2, 29), date(2026, 12, 31)])
def test_nights_follow_the_calendar_without_gap_or_repetition(odd_day: date) -> None:
    days = [odd_day + timedelta(days=offset) for offset in range(-3, 4)]
    assert [run_scope.default_date(tick(day), NEW_YORK) for day in days] == [day - ONE_DAY for day in days]


def usage_of(day: date) -> Delivery:
    return Delivery(
        delivery_id=day.isoformat(),
        source="claude_code",
        feed="usage_report",
        file_path=f"claude_code/usage_report/{day}.json",
        parquet_path=None,
        content_sha256="00",
        rank_at=datetime(2026, 3, 1),
        ledger_order=1,
        record_count=1,
        rejected_count=0,
        covers_from=day,
        covers_to=day,
        landed_at=datetime(2026, 3, 1),
        status="landed",
    )


def night(now: datetime, deliveries: list[Delivery], before: Published | None) -> RunScope:
    dates = DeliveryDates.of((one.delivery_id, one.covers_from, 1) for one in deliveries)
    return run_scope.decide(
        run_scope.requested_date(None, now, NEW_YORK, BOUNDS),
        deliveries,
        dates,
        before,
        node_hashes={},
        settings_hash="s",
        bounds=BOUNDS,
        forced=None,
        frozen=(),
    )


@pytest.mark.parametrize(
    "jump", [-3 * HOUR, -HOUR, HOUR, ONE_DAY, timedelta(days=3)], ids=lambda jump: f"{jump / HOUR:+.0f}h"
)
@pytest.mark.parametrize("odd_day", [date(2026, 3, 5), SPRING, AUTUMN, date(2028, 2, 29), date(2026, 12, 31)])
def test_a_clock_that_was_wrong_for_one_night_costs_no_date_and_repeats_none(
    odd_day: date, jump: timedelta
) -> None:
    """Each delivery comes before the next night; in the end everything is built as if nothing had been."""
    days = [odd_day + timedelta(days=offset) for offset in range(-2, 5)]
    before: Published | None = None
    built_with: dict[date, set[str]] = {}
    for day in days:
        now = tick(day) + (jump if day == odd_day else timedelta())
        deliveries = [usage_of(one - ONE_DAY) for one in days if one <= day]
        scope = night(now, deliveries, before)
        if not scope.is_due:
            continue
        assert before is None or scope.as_of_date >= before.as_of_date
        held = {one.covers_from: one.delivery_id for one in scope.deliveries}
        built_with |= {
            touched: {held[touched]} if touched in held else set() for touched in scope.touched_dates
        }
        before = Published(scope.as_of_date, frozenset(scope.delivery_ids), {}, "s", {})
    assert before is not None and before.as_of_date == days[-1] - ONE_DAY
    with_data = {day: held for day, held in built_with.items() if held}
    assert with_data == {day - ONE_DAY: {(day - ONE_DAY).isoformat()} for day in days}


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2028, 2, 29), 24)])
def test_each_hour_of_an_odd_day_counts_once_on_its_utc_date(tmp_path: Path, day: date, hours: int) -> None:
    begins, ends = (datetime.combine(one, time(), NEW_YORK).astimezone(UTC) for one in (day, day + ONE_DAY))
    moments = [begins + number * HOUR for number in range(int((ends - begins) / HOUR))]
    assert len(moments) == hours
    messages = []
    for number, moment in enumerate(moments):
        message = chat_record()["message"] | {"id": f"m{number}", "created_at": moment.timestamp()}
        messages.append(chat_record(message=message))
    landing = LandingHome(Home(tmp_path))
    landing.put(f"{CHATGPT}/x.ndjson", ndjson(*messages))
    (delivery,) = landing.land(now=(ends + ONE_DAY).replace(tzinfo=None)).landed
    rows = landing.rows(delivery, "activity_date, reject_reason")
    assert [row["reject_reason"] for row in rows] == [None] * hours
    assert Counter(row["activity_date"] for row in rows) == Counter(moment.date() for moment in moments)


def test_what_arrives_later_stays_later_when_the_clock_was_put_back(tmp_path: Path) -> None:
    """Deliveries without a stamp of the vendor rank by their arrival: the later one wins."""
    landing = LandingHome(Home(tmp_path))
    noon = datetime(2026, 3, 31, 12)
    for number, now in enumerate([noon, noon - HOUR, noon + ONE_DAY, noon + HOUR]):
        landing.put(f"{CHATGPT}/{number}.ndjson", ndjson(chat_record(f"m{number}")))
        landing.land(now=now)
    ranks = [(one.rank_at, one.ledger_order) for one in landing.deliveries()]
    assert ranks == sorted(ranks)
    assert [rank for rank, _ in ranks] == [noon, noon, noon + ONE_DAY, noon + ONE_DAY]
