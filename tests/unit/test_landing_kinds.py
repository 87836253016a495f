"""Kinds of values as vendors write them: times and days to UTC, numbers as texts, cents to dollars."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from tests.unit import json_records as records
from tests.unit.json_records import COMPLETIONS, DAILY, EVENTS, GEMINI, OTEL, SEATS, SPEND
from tests.unit.landing_home import LandingHome, ndjson

MS = records.MIDNIGHT * 1000


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _rows(landing: LandingHome, relative: str, content: str, columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in landing.landed_rows(relative, content, columns)]


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, microsecond)


# (as written, the time in UTC or None, why it is refused)
Case = tuple[Any, datetime | None, str | None]

NO_ZONE = "activity>id.time: not a time with its zone"
ZONED: list[Case] = [
    ("2026-03-02T23:59:59Z", at(2, 23, 59, 59), None),
    ("2026-03-02T23:59:59.123456789Z", at(2, 23, 59, 59, 123_456), None),
    ("2026-03-02T23:30:00-06:00", at(3, 5, 30), None),
    ("2026-03-02T00:30:00+05:45", at(1, 18, 45), None),
    ("2026-03-02 00:30:00+0100", at(1, 23, 30), None),
    ("2026-03-02T10:00:00.5+00:00", at(2, 10, 0, 0, 500_000), None),
    ("2024-02-29T10:00:00Z", datetime(2024, 2, 29, 10), None),
    ("2026-03-02T23:59:59", None, NO_ZONE),
    ("2016-12-31T23:59:60Z", None, NO_ZONE),
    ("2026-03-02T24:00:00Z", None, NO_ZONE),
    ("2026-02-29T10:00:00Z", None, NO_ZONE),
    ("2026-03-02T10:00:00+24:00", None, NO_ZONE),
    ("2026-03-02T10:00Z", None, NO_ZONE),
    ("2026-03-02", None, NO_ZONE),
    ("2026-03-02T10:00:00 CET", None, NO_ZONE),
    ("", None, "activity>id.time: missing"),
    (None, None, "activity>id.time: missing"),
    (1772409600, None, "activity>id.time: not a text"),
    ("1970-01-01T00:00:00Z", None, "activity>id.time: before the earliest date of the settings"),
]


def test_a_time_with_its_zone_is_turned_to_utc(landing: LandingHome) -> None:
    items = [
        records.activity(records.gemini_event(), id={"time": written, "uniqueQualifier": "1"})
        for written, _, _ in ZONED
    ]
    rows = _rows(
        landing,
        f"{GEMINI}/x.json",
        json.dumps({"items": items}),
        "occurred_at, activity_date, reject_reason",
    )
    # An impossible date is legible as a time and refused as a date, so the time is not compared there.
    assert [(row[0] if row[2] is None else None, row[2]) for row in rows] == [
        (time, reason) for _, time, reason in ZONED
    ]
    for day, (_, time, _) in zip((row[1] for row in rows), ZONED, strict=True):
        assert day == (time.date() if time else None)


LOCAL: list[Case] = [
    ("2026-03-02T23:59:59.5", at(2, 23, 59, 59, 500_000), None),
    ("2026-03-02 23:59:59", at(2, 23, 59, 59), None),
    ("2026-03-02T23:59:59Z", at(2, 23, 59, 59), None),
    ("2026-03-02T23:59:59+01:00", at(2, 22, 59, 59), None),
    ("2016-12-31T23:59:60", None, "startTime: not a time"),
    ("02.03.2026 10:00:00", None, "startTime: not a time"),
    ("2026-03-02", None, "startTime: not a time"),
    (1772409600.5, None, "startTime: not a text"),
]


def test_a_time_without_a_zone_is_utc_where_the_feed_says_so(landing: LandingHome) -> None:
    lines = ndjson(*(records.spend_log(startTime=written) for written, _, _ in LOCAL))
    rows = _rows(landing, f"{SPEND}/x.ndjson", lines, "started_at, reject_reason")
    assert rows == [(time, reason) for _, time, reason in LOCAL]


MILLISECONDS: list[Case] = [
    (MS, at(2), None),
    (str(MS + 1), at(2, 0, 0, 0, 1_000), None),
    (f"{MS}.25", at(2, 0, 0, 0, 250), None),
    (MS / 1000, None, "timestamp: before the earliest date of the settings"),
    (MS * 1000, None, "timestamp: not milliseconds since 1970"),
    ("2026-03-02", None, "timestamp: not milliseconds since 1970"),
    ("", None, "timestamp: missing"),
    (True, None, "timestamp: not milliseconds since 1970"),
    (f"{MS} ", None, "timestamp: not milliseconds since 1970"),
]


def test_milliseconds_may_be_numbers_or_texts(landing: LandingHome) -> None:
    events = [records.cursor_event(timestamp=written) for written, _, _ in MILLISECONDS]
    rows = _rows(
        landing, f"{EVENTS}/x.json", json.dumps({"usageEvents": events}), "occurred_at, reject_reason"
    )
    assert [(row[0] if row[1] is None else None, row[1]) for row in rows] == [
        (time, reason) for _, time, reason in MILLISECONDS
    ]


NANOSECONDS: list[Case] = [
    (f"{MS}000000", at(2), None),
    (MS * 10**6 + 1_999, at(2, 0, 0, 0, 1), None),
    ("99999999999999999999", None, "timeUnixNano: not nanoseconds since 1970"),
    ("-1", None, "timeUnixNano: not nanoseconds since 1970"),
    ("1.7e18", None, "timeUnixNano: not nanoseconds since 1970"),
    ("9223372036854775807", None, "timeUnixNano: more than a day in the future"),
    ("0", None, "timeUnixNano: before the earliest date of the settings"),
]


def test_nanoseconds_are_cut_to_microseconds(landing: LandingHome) -> None:
    logs = [records.log_record() | {"timeUnixNano": written} for written, _, _ in NANOSECONDS]
    rows = _rows(
        landing, f"{OTEL}/x.json", json.dumps(records.logs_request(*logs)), "recorded_at, reject_reason"
    )
    assert [(row[0] if row[1] is None else None, row[1]) for row in rows] == [
        (time, reason) for _, time, reason in NANOSECONDS
    ]


def test_the_time_an_event_was_observed_stands_in_for_its_own(landing: LandingHome) -> None:
    record = records.log_record() | {"observedTimeUnixNano": f"{MS}000000"}
    del record["timeUnixNano"]
    rows = _rows(landing, f"{OTEL}/x.json", json.dumps(records.logs_request(record)), "recorded_at")
    assert rows == [(at(2),)]


def test_a_day_in_milliseconds_is_a_midnight(landing: LandingHome) -> None:
    cases = [
        (MS, date(2026, 3, 2), None),
        (MS + 86_400_000, date(2026, 3, 3), None),
        (MS + 1, None, "date: not a midnight in UTC"),
        (MS + 3_600_000, None, "date: not a midnight in UTC"),
        (str(MS), None, "date: not milliseconds since 1970"),
        (None, None, "date: missing"),
    ]
    page = {"data": [records.daily_row(date=written) for written, _, _ in cases]}
    rows = _rows(landing, f"{DAILY}/x.json", json.dumps(page), "activity_date, reject_reason")
    assert rows == [(day, reason) for _, day, reason in cases]


def test_whole_seconds_are_a_time_as_well(landing: LandingHome) -> None:
    page = records.completions_page(records.bucket(0, records.completions()))
    rows = _rows(landing, f"{COMPLETIONS}/x.json", json.dumps(page), "bucket_start_at, bucket_end_at")
    assert rows == [(at(2), at(3))]


@pytest.mark.parametrize(
    ("cents", "dollars", "reason"),
    [
        ("21.36232", "0.2136232", None),
        ("0.000001", "0.00000001", None),
        ("1e2", "1", None),
        ("7.5e-07", "0.0000000075", None),
        ("20.182319999999998", "0.2018232", None),
        ("0", "0", None),
        ('"21.5"', None, "chargedCents: not a number"),
        ("-1", None, "chargedCents: negative"),
        ("1e400", None, "chargedCents: above 1000000000"),
        ("NaN", None, "chargedCents: not a number"),
    ],
)
def test_cents_with_fractions_become_exact_dollars(
    landing: LandingHome, cents: str, dollars: str | None, reason: str | None
) -> None:
    event = json.dumps(records.cursor_event(chargedCents=0)).replace('Cents": 0', f'Cents": {cents}')
    rows = _rows(landing, f"{EVENTS}/x.json", f'{{"usageEvents": [{event}]}}', "charged_usd, reject_reason")
    assert rows == [(Decimal(dollars) if dollars else None, reason)]


@pytest.mark.parametrize(
    ("spend", "expected", "reason"),
    [
        (7.5e-07, "0.00000075", None),
        ("0.000000000001", "0.000000000001", None),
        ("", None, None),
        (None, None, None),
        ("free", None, "spend: not a number"),
        (100_001, None, "spend: above 100000"),
    ],
)
def test_dollars_far_below_a_cent_are_kept(
    landing: LandingHome, spend: Any, expected: str | None, reason: str | None
) -> None:
    lines = ndjson(records.spend_log(spend=spend))
    rows = _rows(landing, f"{SPEND}/x.ndjson", lines, "list_cost_usd, reject_reason")
    assert rows == [(Decimal(expected) if expected else None, reason)]


@pytest.mark.parametrize(
    ("seat", "reason"),
    [
        ({"last_activity_at": None}, None),
        ({"last_activity_at": "2026-03-01"}, "last_activity_at: not a time with its zone"),
        ({"pending_cancellation_date": "2026-04-01"}, None),
        ({"pending_cancellation_date": "soon"}, "pending_cancellation_date: not a date (YYYY-MM-DD)"),
    ],
)
def test_optional_times_may_be_null_but_not_wrong(
    landing: LandingHome, seat: dict[str, Any], reason: str | None
) -> None:
    content = json.dumps({"seats": [records.seat(**seat)]})
    assert _rows(landing, f"{SEATS}/s_2026-03-02.json", content, "reject_reason") == [(reason,)]
