"""Which windows a night pulls: worked out by hand from what is on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from orchestration.pulling.window import Night, Window, due_windows
from orchestration.sources.pull import Cursor, Pull

PULL = Pull(base_url="", path="", paging=Cursor(), look_back_days=3)
NIGHT = Night(wanted=date(2026, 3, 30), newest=date(2026, 3, 30), floor=date(2024, 1, 1))


def march(*days: int) -> list[date]:
    return [date(2026, 3, day) for day in days]


def due(
    pull: Pull = PULL, night: Night = NIGHT, covered: list[date] | None = None
) -> list[tuple[date, date]]:
    return [(window.first, window.last) for window in due_windows(pull, night, covered or [])]


def singles(*days: int) -> list[tuple[date, date]]:
    return [(day, day) for day in march(*days)]


def test_a_first_night_pulls_what_the_vendor_may_restate() -> None:
    assert due() == singles(28, 29, 30)


def test_a_night_pulls_its_look_back_and_every_gap_behind_the_first_covered_date() -> None:
    assert due(covered=march(20, 21, 23, 24, 25, 27, 28, 29)) == singles(22, 26, 28, 29, 30)


def test_a_look_back_of_nothing_still_pulls_the_newest_date() -> None:
    assert due(replace(PULL, look_back_days=0), covered=march(28, 29)) == singles(30)


def test_a_backfill_pulls_its_range_whatever_is_on_file() -> None:
    night = replace(NIGHT, wanted=date(2026, 3, 12), forced=(date(2026, 3, 10), date(2026, 3, 12)))
    assert due(night=night, covered=march(10, 11, 12, 20)) == singles(10, 11, 12)


@pytest.mark.parametrize(
    "changed",
    [{"first_date": date(2026, 3, 29)}, {"history_days": 2}],
    ids=["before the vendor began", "longer ago than the vendor keeps"],
)
def test_days_the_vendor_never_has_are_not_asked_for(changed: dict[str, object]) -> None:
    assert due(replace(PULL, **changed), covered=march(1)) == singles(29, 30)  # type: ignore[arg-type]


def test_days_that_are_not_built_are_not_asked_for() -> None:
    assert due(night=replace(NIGHT, floor=date(2026, 3, 30)), covered=march(1)) == singles(30)


def test_everything_since_a_day_is_one_window_from_the_first_day_that_is_due() -> None:
    pull = replace(PULL, span="since")
    assert due(pull, covered=march(20, 21, 22)) == [(date(2026, 3, 23), date(2026, 3, 30))]


def test_a_snapshot_can_be_had_of_the_newest_date_only() -> None:
    pull = replace(PULL, span="snapshot")
    assert due(pull, covered=march(20)) == singles(30)
    assert due(pull, replace(NIGHT, wanted=date(2026, 3, 29))) == []
    later = replace(NIGHT, wanted=NIGHT.newest + timedelta(days=1))
    assert due(pull, later) == singles(31)


def test_a_window_says_its_dates() -> None:
    assert str(Window(*march(29, 30))) == "2026-03-29 to 2026-03-30"
    assert str(Window(*march(30, 30))) == "2026-03-30"
