"""Which days a delivery covers where its pages say so: whole days of what was asked for, else its name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from tests.unit import json_records as records
from tests.unit.json_records import COMPLETIONS, DAILY, EVENTS
from tests.unit.landing_home import LandingHome, ndjson

HOUR = 3600
Days = tuple[str, str] | None


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _covered(landing: LandingHome, relative: str, *pages: Any) -> Days:
    landing.put(relative, ndjson(*pages))
    (delivery,) = landing.land().landed
    if delivery.covers_from is None:
        return None
    return str(delivery.covers_from), str(delivery.covers_to)


def _span(start: Any, end: Any) -> dict[str, Any]:
    return records.daily_page(records.daily_row(), period={"startDate": start, "endDate": end})


MS = records.MIDNIGHT * 1000
DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (MS, MS + DAY_MS, ("2026-03-02", "2026-03-02")),
        (MS, MS + 2 * DAY_MS, ("2026-03-02", "2026-03-03")),
        # The last millisecond of a day is not asked for, so the day is not.
        (MS, MS + 2 * DAY_MS - 1, ("2026-03-02", "2026-03-02")),
        (MS + 1, MS + 2 * DAY_MS, ("2026-03-03", "2026-03-03")),
        (MS + 1, MS + DAY_MS, None),
        (MS, MS, None),
        (str(MS), str(MS + DAY_MS), ("2026-03-02", "2026-03-02")),
        (MS + DAY_MS, MS, None),
        (None, MS + DAY_MS, None),
        (MS, "soon", None),
        (MS, True, None),
    ],
)
def test_a_period_covers_its_whole_days(landing: LandingHome, start: Any, end: Any, covered: Days) -> None:
    assert _covered(landing, f"{DAILY}/x.json", _span(start, end)) == covered


@pytest.mark.parametrize(
    ("name", "page", "covered"),
    [
        ("x_2026-03-09.json", records.daily_page(records.daily_row()), ("2026-03-02", "2026-03-02")),
        ("x_2026-03-09.json", {"data": [records.daily_row()]}, ("2026-03-09", "2026-03-09")),
        ("x.json", {"data": [records.daily_row()]}, None),
        ("x_2026-03-09.json", records.daily_row(), ("2026-03-09", "2026-03-09")),
        ("x.json", records.daily_page(), ("2026-03-02", "2026-03-02")),
        ("x.json", records.daily_page(pagination={"hasNextPage": True}), None),
        ("x_2026-03-02.json", records.daily_page(data={}), None),
    ],
)
def test_the_envelope_goes_before_the_name(
    landing: LandingHome, name: str, page: dict[str, Any], covered: Days
) -> None:
    assert _covered(landing, f"{DAILY}/{name}", page) == covered


def test_pages_of_one_request_cover_its_days_once(landing: LandingHome) -> None:
    pages = [
        records.daily_page(records.daily_row("a@x.org"), days=3, pagination={"hasNextPage": True}),
        records.daily_page(records.daily_row("b@x.org"), days=3),
    ]
    assert _covered(landing, f"{DAILY}/x.json", *pages) == ("2026-03-02", "2026-03-04")


@pytest.mark.parametrize(
    ("starts", "covered"),
    [((0, 1, 2), ("2026-03-02", "2026-03-04")), ((2, 0, 1), ("2026-03-02", "2026-03-04")), ((0, 2), None)],
)
def test_a_gap_between_requests_covers_nothing(
    landing: LandingHome, starts: tuple[int, ...], covered: Days
) -> None:
    pages = [records.daily_page(start=start) for start in starts]
    assert _covered(landing, f"{DAILY}/x.json", *pages) == covered


def test_one_page_that_says_nothing_takes_the_coverage(landing: LandingHome) -> None:
    pages = [records.daily_page(), {"data": [records.daily_row()]}]
    assert _covered(landing, f"{DAILY}/x.json", *pages) is None


def test_buckets_cover_their_days_empty_ones_too(landing: LandingHome) -> None:
    buckets = [records.bucket(0), records.bucket(1, records.completions()), records.bucket(2)]
    page = records.completions_page(*buckets)
    assert _covered(landing, f"{COMPLETIONS}/x.json", page) == ("2026-03-02", "2026-03-04")


@pytest.mark.parametrize(("hours", "covered"), [(24, ("2026-03-02", "2026-03-02")), (23, None)])
def test_buckets_of_hours_cover_a_day_together(landing: LandingHome, hours: int, covered: Days) -> None:
    buckets = [
        records.bucket(
            0, start_time=records.MIDNIGHT + hour * HOUR, end_time=records.MIDNIGHT + (hour + 1) * HOUR
        )
        for hour in range(hours)
    ]
    assert _covered(landing, f"{COMPLETIONS}/x.json", records.completions_page(*buckets)) == covered


def test_a_day_that_cannot_be_is_not_covered_and_said(landing: LandingHome) -> None:
    landing.put(f"{EVENTS}/x.json", json.dumps(_span(MS, MS + 400 * DAY_MS) | {"usageEvents": []}))
    report = landing.land()
    assert report.landed[0].covers_from is None
    (notice,) = report.notices
    assert "in the future, so it covers no day" in notice


def test_a_second_copy_covers_what_its_envelope_states(landing: LandingHome) -> None:
    content = json.dumps(records.daily_page(records.daily_row()))
    landing.put(f"{DAILY}/a.json", content)
    landing.put(f"{DAILY}/b_2026-03-09.json", content)
    report = landing.land()
    (duplicate,) = report.duplicates
    assert (duplicate.covers_from, duplicate.covers_to) == (date(2026, 3, 2), date(2026, 3, 2))
