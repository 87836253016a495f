"""What a run builds, against cases worked out by hand from DESIGN section 4; no files, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestration.errors import RunFailed, WrongUse
from orchestration.format_ledger import FrozenDelivery
from orchestration.ledger import Delivery, Status
from orchestration.transformation import run_scope
from orchestration.transformation.run_scope import Bounds, DeliveryDates, Published, RunScope

NEW_YORK = ZoneInfo("America/New_York")
BOUNDS = Bounds(earliest_date=date(2024, 1, 1), retention_days=730)
HASHES = {"model.adoption.dim_tool": "aa"}


def march(day: int) -> date:
    return date(2026, 3, day)


def days(first: int, last: int) -> tuple[date, ...]:
    return tuple(march(day) for day in range(first, last + 1))


def delivery(
    name: str,
    feed: str = "claude_code/usage_report",
    covers: tuple[int, int] | None = None,
    status: Status = "landed",
) -> Delivery:
    source, feed_name = feed.split("/")
    return Delivery(
        delivery_id=name,
        source=source,
        feed=feed_name,
        file_path=f"{feed}/{name}.json",
        parquet_path=None,
        content_sha256="00",
        rank_at=datetime(2026, 3, 1),
        ledger_order=1,
        record_count=1,
        rejected_count=0,
        covers_from=march(covers[0]) if covers else None,
        covers_to=march(covers[1]) if covers else None,
        landed_at=datetime(2026, 3, 1),
        status=status,
    )


def test_deliveries_of_a_feed_without_a_model_wait() -> None:
    read, unread = delivery("a"), delivery("b", feed="otel/claude_code")
    assert run_scope.readable([read, unread], {("claude_code", "usage_report")}) == [read]


def recorded(**dates: int | None) -> DeliveryDates:
    return DeliveryDates.of((name, None if day is None else march(day), 1) for name, day in dates.items())


def published(
    as_of: int,
    *ids: str,
    hashes: dict[str, str] | None = None,
    settings: str = "s",
    frozen: Mapping[str, tuple[date, date] | None] | None = None,
) -> Published:
    return Published(march(as_of), frozenset(ids), hashes or HASHES, settings, frozen or {})


def decide(
    day: int,
    deliveries: list[Delivery],
    dates: DeliveryDates | None = None,
    before: Published | None = None,
    *,
    forced: tuple[int, int] | None = None,
    bounds: Bounds = BOUNDS,
    frozen: Sequence[FrozenDelivery] = (),
) -> RunScope:
    span = (march(forced[0]), march(forced[1])) if forced else None
    return run_scope.decide(
        march(day),
        deliveries,
        dates or DeliveryDates(),
        before,
        node_hashes=HASHES,
        settings_hash="s",
        bounds=bounds,
        forced=span,
        frozen=frozen,
    )


def frozen_delivery(name: str, first: int, last: int) -> FrozenDelivery:
    return FrozenDelivery(
        file_path=f"{name}.json",
        delivery_id=name,
        source="claude_code",
        feed="usage_report",
        content_sha256="00",
        rank_at=datetime(2026, 3, 1),
        covers_from=march(first),
        covers_to=march(last),
        record_count=3,
        reason="date: missing",
        frozen_at=datetime(2026, 3, 1),
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 01:00 UTC on the 10th is still the evening of the 9th in New York, where yesterday is the 8th
        (datetime(2026, 3, 10, 1, 0, tzinfo=UTC), march(8)),
        # 07:00 UTC is 03:00 in New York, the same date
        (datetime(2026, 3, 10, 7, 0, tzinfo=UTC), march(9)),
    ],
)
def test_default_date_is_the_earlier_yesterday(now: datetime, expected: date) -> None:
    assert run_scope.default_date(now, NEW_YORK) == expected


def test_default_date_east_of_utc_follows_utc() -> None:
    # 20:00 UTC on the 9th is the 10th in Tokyo; in UTC yesterday is the 8th
    now = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
    assert run_scope.default_date(now, ZoneInfo("Asia/Tokyo")) == march(8)


@pytest.mark.parametrize("wanted", [march(10), march(11), date(2023, 12, 31)])
def test_dates_not_over_or_before_the_earliest_are_wrong_use(wanted: date) -> None:
    with pytest.raises(WrongUse):
        run_scope.requested_date(wanted, datetime(2026, 3, 10, 12, tzinfo=UTC), NEW_YORK, BOUNDS)


def test_yesterday_in_utc_can_be_asked_for() -> None:
    now = datetime(2026, 3, 10, 0, 30, tzinfo=UTC)
    assert run_scope.requested_date(march(9), now, NEW_YORK, BOUNDS) == march(9)


def test_first_night_builds_every_date_from_the_first_of_the_data() -> None:
    found = decide(10, [delivery("a", covers=(5, 6)), delivery("b")], recorded(b=7))
    assert found.touched_dates == days(5, 10)
    assert found.first_date == march(5)
    assert found.is_full_rebuild
    assert found.previous_as_of_date is None
    assert found.delivery_ids == ("a", "b")


def test_first_date_is_that_of_a_workforce_snapshot_but_not_of_leave() -> None:
    feeds = [
        delivery("u", covers=(8, 8)),
        delivery("w", "hr/workers", covers=(6, 6)),
        delivery("l", "hr/leave", covers=(2, 2)),
    ]
    assert decide(10, feeds).first_date == march(6)


def test_nothing_is_due_when_all_is_built_in() -> None:
    found = decide(10, [delivery("a", covers=(5, 10))], before=published(10, "a"))
    assert not found.is_due
    assert found.touched_dates == ()


def test_an_empty_day_that_passed_is_built_and_the_provisional_days_with_it() -> None:
    found = decide(11, [delivery("a", covers=(5, 10))], before=published(10, "a"))
    assert found.is_due
    # 8, 9 and 10 were provisional as of the 10th; the 11th is new
    assert found.touched_dates == days(8, 11)
    assert not found.is_full_rebuild


def test_dates_missed_in_downtime_are_all_built() -> None:
    found = decide(20, [delivery("a", covers=(5, 10))], before=published(10, "a"))
    assert found.touched_dates == days(8, 20)


def test_a_late_delivery_touches_only_its_dates() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("late", covers=(5, 6))]
    found = decide(20, feeds, recorded(late=3), published(20, "a"))
    assert found.touched_dates == (march(3), march(5), march(6))
    assert found.pending_ids == {"late"}


def test_a_workforce_delivery_is_pending_and_rebuilds_the_as_of_date_dbt_finds_the_rest() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("w", "hr/workers", covers=(9, 9))]
    found = decide(20, feeds, before=published(20, "a"))
    assert found.is_due
    assert found.pending_ids == {"w"}
    assert found.touched_dates == (march(20),)


LICENCES = "m365_copilot/usage_user_detail"


def test_a_snapshot_of_last_activities_touches_its_date_dbt_finds_those_it_tells_more_of() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("licences", LICENCES, covers=(16, 16))]
    found = decide(20, feeds, recorded(licences=16), published(20, "a"))
    assert found.touched_dates == (march(16),)


def test_a_night_with_a_snapshot_of_last_activities_touches_no_more_than_one_without() -> None:
    feeds = [delivery("a", covers=(1, 15)), delivery("licences", LICENCES, covers=(16, 16))]
    found = decide(16, feeds, recorded(licences=16), published(15, "a"))
    assert found.touched_dates == days(13, 16)


def test_a_snapshot_that_replaces_another_touches_all_that_either_reached() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("old", LICENCES), delivery("new", LICENCES)]
    found = decide(20, feeds, recorded(old=16, new=16), published(20, "a", "old"))
    assert found.touched_dates == days(10, 16)
    # one of another date replaces nothing
    assert decide(20, feeds, recorded(old=15, new=16), published(20, "a", "old")).touched_dates == (
        march(16),
    )


def test_what_is_covered_reaches_no_further_back_than_itself() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("empty", LICENCES, covers=(16, 16))]
    assert decide(20, feeds, before=published(20, "a")).touched_dates == (march(16),)


def test_a_withdrawn_snapshot_of_last_activities_gives_back_what_it_reached() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("wrong", LICENCES, status="withdrawn")]
    found = decide(20, feeds, recorded(wrong=16), published(20, "a", "wrong"))
    assert found.touched_dates == days(10, 16)


def test_records_that_waited_for_their_date_reach_back_from_it() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("two", LICENCES)]
    both = DeliveryDates.of([("two", march(10), 1), ("two", march(21), 1)])
    # built in as of the 20th, when the snapshot of the 21st did not count yet
    assert decide(20, feeds, both, published(20, "a")).touched_dates == (march(10),)
    found = decide(21, feeds, both, published(20, "a", "two"))
    assert found.touched_dates == days(15, 21)


def test_sums_over_a_period_touch_the_day_it_begins_on_and_cover_none() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("week", "chatgpt/user_analytics")]
    found = decide(20, feeds, recorded(week=8), published(20, "a"))
    assert found.touched_dates == (march(8),)


def test_first_date_is_that_of_a_period_that_is_summed_up() -> None:
    feeds = [delivery("a", covers=(5, 10)), delivery("week", "chatgpt/user_analytics")]
    assert decide(10, feeds, recorded(week=2)).first_date == march(2)


def test_an_earlier_date_rebuilds_up_to_the_published_one() -> None:
    feeds = [delivery("a", covers=(1, 20)), delivery("late", covers=(18, 18))]
    found = decide(12, feeds, before=published(20, "a"))
    assert found.as_of_date == march(20)
    assert found.touched_dates == (march(18),)


def test_deliveries_after_the_as_of_date_wait() -> None:
    feeds = [delivery("a", covers=(1, 10)), delivery("tomorrow", covers=(11, 11))]
    found = decide(10, feeds, before=published(10, "a"))
    assert not found.is_due
    assert found.delivery_ids == ("a",)


def test_of_a_delivery_across_the_as_of_date_only_the_past_is_touched() -> None:
    feeds = [delivery("a", covers=(1, 10)), delivery("range", covers=(9, 12))]
    assert decide(10, feeds, before=published(10, "a")).touched_dates == (march(9), march(10))


def test_a_delivery_without_any_date_is_pending() -> None:
    feeds = [delivery("a", covers=(1, 10)), delivery("undated", "access/entitlements")]
    found = decide(10, feeds, recorded(undated=None), published(10, "a"))
    assert found.is_due
    assert found.pending_ids == {"undated"}


def test_a_withdrawn_delivery_is_taken_out_of_the_dates_it_held() -> None:
    feeds = [delivery("a", covers=(1, 10)), delivery("wrong", covers=(4, 5), status="withdrawn")]
    found = decide(10, feeds, before=published(10, "a", "wrong"))
    assert found.touched_dates == (march(4), march(5))
    assert found.delivery_ids == ("a",)


def test_a_delivery_withdrawn_before_it_was_built_changes_nothing() -> None:
    feeds = [delivery("a", covers=(1, 10)), delivery("wrong", covers=(4, 5), status="withdrawn")]
    assert not decide(10, feeds, before=published(10, "a")).is_due


def test_earlier_data_than_ever_moves_the_first_date_and_builds_the_gap() -> None:
    feeds = [delivery("a", covers=(5, 10)), delivery("older", covers=(2, 2))]
    found = decide(10, feeds, before=published(10, "a"))
    assert found.first_date == march(2)
    assert found.touched_dates == days(2, 4)


@pytest.mark.parametrize(
    "before",
    [published(10, "a", hashes={"model.adoption.dim_tool": "bb"}), published(10, "a", settings="other")],
)
def test_changed_models_or_settings_rebuild_every_date(before: Published) -> None:
    found = decide(10, [delivery("a", covers=(5, 10))], before=before)
    assert found.is_full_rebuild
    assert found.touched_dates == days(5, 10)


def test_a_backfill_forces_its_range_within_the_published_dates() -> None:
    found = decide(8, [delivery("a", covers=(5, 10))], before=published(10, "a"), forced=(7, 8))
    assert found.is_due
    assert found.touched_dates == (march(7), march(8))


def test_a_backfill_on_an_empty_home_builds_what_nights_one_by_one_would() -> None:
    found = decide(10, [delivery("a", covers=(5, 10))], forced=(9, 10))
    assert found.touched_dates == days(5, 10)


def test_dates_before_retention_are_left_alone() -> None:
    bounds = Bounds(date(2024, 1, 1), retention_days=5)
    feeds = [delivery("a", covers=(10, 20)), delivery("late", covers=(12, 16))]
    found = decide(20, feeds, before=published(20, "a"), bounds=bounds)
    assert found.touched_dates == (march(15), march(16))
    assert found.first_date == march(15)


def test_after_a_rollback_the_later_deliveries_are_pending_again() -> None:
    feeds = [delivery("a", covers=(1, 9)), delivery("b", covers=(10, 10))]
    found = decide(10, feeds, before=published(9, "a"))
    assert found.pending_ids == {"b"}
    assert found.touched_dates == days(7, 10)


@pytest.mark.parametrize("deliveries", [[], [delivery("a", covers=(20, 20))]])
def test_without_data_up_to_the_date_there_is_nothing_to_build(deliveries: list[Delivery]) -> None:
    with pytest.raises(RunFailed, match="nothing to build"):
        decide(10, deliveries)


def test_date_range_is_inclusive_and_empty_backwards() -> None:
    assert run_scope.date_range(march(1), march(2)) == [march(1), march(2)]
    assert run_scope.date_range(march(2), march(2) - timedelta(days=1)) == []


def test_a_newly_frozen_delivery_touches_the_days_it_would_cover_once() -> None:
    landed, dates = [delivery("a", covers=(1, 10))], recorded(a=1)
    found = decide(10, landed, dates, published(10, "a"), frozen=[frozen_delivery("z", 4, 5)])
    assert found.touched_dates == (march(4), march(5))
    assert (found.is_due, found.reason) == (True, "1 frozen")
    assert found.delivery_ids == ("a", "z")
    assert [one.delivery_id for one in found.frozen] == ["z"]
    again = decide(10, landed, dates, published(10, "a", "z"), frozen=[frozen_delivery("z", 4, 5)])
    assert (again.is_due, again.delivery_ids) == (False, ("a", "z"))
    later = decide(10, landed, dates, published(10, "a"), frozen=[frozen_delivery("z", 11, 12)])
    assert (later.is_due, later.frozen) == (False, ())


def test_a_delivery_that_is_frozen_no_more_touches_the_days_it_kept_uncovered_once() -> None:
    landed, dates = [delivery("a", covers=(1, 10))], recorded(a=1)
    built = decide(10, landed, dates, published(10, "a"), frozen=[frozen_delivery("z", 4, 5)])
    assert built.frozen_dates == {"z": (march(4), march(5))}
    before = published(10, *built.delivery_ids, frozen=built.frozen_dates)
    same = decide(10, landed, dates, before, frozen=[frozen_delivery("z", 4, 5)])
    assert same.is_due is False
    gone = decide(10, landed, dates, before)
    assert gone.touched_dates == (march(4), march(5))
    assert (gone.is_due, gone.reason) == (True, "1 no longer frozen")
    assert (gone.delivery_ids, gone.frozen_dates) == (("a",), {})
    assert decide(10, landed, dates, published(10, "a")).is_due is False


def test_another_content_in_the_place_of_a_frozen_one_touches_the_days_of_both() -> None:
    landed, dates = [delivery("a", covers=(1, 10))], recorded(a=1)
    before = published(10, "a", "z", frozen={"z": (march(4), march(5))})
    found = decide(10, landed, dates, before, frozen=[frozen_delivery("y", 5, 6)])
    assert found.touched_dates == days(4, 6)
    assert found.reason == "1 frozen, 1 no longer frozen"


def test_a_frozen_statement_that_is_gone_is_taken_off_the_books_and_touches_no_day() -> None:
    landed, dates = [delivery("a", covers=(1, 10))], recorded(a=1)
    statement = replace(frozen_delivery("z", 4, 5), source="hr", feed="workers")
    built = decide(10, landed, dates, published(10, "a"), frozen=[statement])
    assert built.frozen_dates == {"z": None}
    gone = decide(10, landed, dates, published(10, *built.delivery_ids, frozen=built.frozen_dates))
    # a due run builds its last day, as any other that touches none
    assert (gone.touched_dates, gone.reason) == ((march(10),), "1 no longer frozen")
