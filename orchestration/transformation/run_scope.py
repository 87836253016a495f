"""What one run has to do: its as-of date, which dates it rebuilds, from which deliveries, or that nothing
is due.

Only decisions over values belong here; nothing reads a file, a clock or a database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestration.errors import RunFailed, WrongUse
from orchestration.sources import FEEDS

if TYPE_CHECKING:
    from orchestration.format_ledger import FrozenDelivery
    from orchestration.ledger import Delivery

# The other feeds state how things were on the date of their file.
USAGE_FEEDS = frozenset((feed.source, feed.name) for feed in FEEDS.values() if feed.is_usage)
PERIOD_FEEDS = frozenset((feed.source, feed.name) for feed in FEEDS.values() if feed.counts_periods)
REACHES_BACK_DAYS = {
    (feed.source, feed.name): feed.reaches_back_days for feed in FEEDS.values() if feed.reaches_back_days
}
WORKERS_FEED = ("hr", "workers")

# The last days are provisional (DESIGN section 7), so their flag changes when the as-of date advances.
SETTLE_DAYS = max(feed.settle_days for feed in FEEDS.values())

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """What the generation in force was built from, as its manifest says."""

    as_of_date: date
    delivery_ids: frozenset[str]
    node_hashes: Mapping[str, str]
    settings_hash: str
    # Of each frozen delivery: the first and last day it keeps uncovered; None where it covers none.
    frozen_dates: Mapping[str, tuple[date, date] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """How far back dates count: never before `earliest_date`, and `retention_days` before the as-of date."""

    earliest_date: date
    retention_days: int

    def floor(self, as_of: date) -> date:
        """The oldest date that is still built for this as-of date."""
        return max(self.earliest_date, as_of - timedelta(days=self.retention_days))


@dataclass(frozen=True)
class DeliveryDates:
    """The dates of all deliveries: record dates with their record counts; a NULL date is a record without
    one.
    """

    counts: Mapping[str, Mapping[date | None, int]] = field(default_factory=dict)

    @staticmethod
    def of(rows: Iterable[tuple[str, date | None, int]]) -> DeliveryDates:
        """Gather the ledger's rows (delivery_id, activity_date, record_count) per delivery."""
        counts: dict[str, dict[date | None, int]] = defaultdict(dict)
        for delivery_id, activity_date, record_count in rows:
            counts[delivery_id][activity_date] = record_count
        return DeliveryDates(dict(counts))

    def recorded(self, delivery: Delivery) -> set[date]:
        """The dates of the records of one delivery."""
        return {day for day in self.counts.get(delivery.delivery_id, {}) if day is not None}

    def all(self, delivery: Delivery) -> set[date]:
        """Dates of records and dates the delivery covers."""
        return self.recorded(delivery) | set(covered_dates(delivery))


@dataclass(frozen=True)
class RunScope:
    """What one run builds. `touched_dates` is sorted; `deliveries` are those in effect up to `as_of_date`."""

    requested_date: date
    as_of_date: date
    previous_as_of_date: date | None
    first_date: date
    previous_first_date: date | None
    is_full_rebuild: bool
    touched_dates: tuple[date, ...]
    deliveries: tuple[Delivery, ...]
    pending_ids: frozenset[str]
    is_due: bool
    reason: str
    frozen: tuple[FrozenDelivery, ...] = ()

    @property
    def delivery_ids(self) -> tuple[str, ...]:
        """Ids of every delivery the generation will have been built from, and of those it knows as frozen."""
        ids = [delivery.delivery_id for delivery in self.deliveries]
        return tuple(sorted(ids + [frozen.delivery_id for frozen in self.frozen]))

    @property
    def frozen_dates(self) -> dict[str, tuple[date, date] | None]:
        """Of each frozen delivery: the first and last day it keeps uncovered; None where it covers none."""
        return {one.delivery_id: _uncovered_dates(one) for one in self.frozen}


def default_date(now: datetime, zone: ZoneInfo) -> date:
    """The earlier of yesterday in UTC and in the business zone; `now` carries a time zone."""
    return min(now.astimezone(UTC).date(), now.astimezone(zone).date()) - ONE_DAY


def requested_date(wanted: date | None, now: datetime, zone: ZoneInfo, bounds: Bounds) -> date:
    """The date a run is for; raises WrongUse for a date that is not over in UTC, or before the earliest
    one.
    """
    if wanted is None:
        return default_date(now, zone)
    yesterday = now.astimezone(UTC).date() - ONE_DAY
    if wanted > yesterday:
        raise WrongUse(
            f"The date {wanted} lies in the future or is not over yet in UTC; give one up to {yesterday}."
        )
    if wanted < bounds.earliest_date:
        raise WrongUse(
            f"The date {wanted} lies before {bounds.earliest_date}, the earliest date of this installation "
            "(setting earliest_date)."
        )
    return wanted


def date_range(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included; empty when `last` is earlier."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def covered_dates(delivery: Delivery | FrozenDelivery) -> list[date]:
    """The dates a delivery covers, or a frozen one would; for a snapshot its one date; empty without any."""
    if delivery.covers_from is None:
        return []
    return date_range(delivery.covers_from, delivery.covers_to or delivery.covers_from)


def _uncovered_dates(frozen: FrozenDelivery) -> tuple[date, date] | None:
    days = covered_dates(frozen) if is_usage(frozen) else []
    return (days[0], days[-1]) if days else None


def is_usage(delivery: Delivery | FrozenDelivery) -> bool:
    """Whether the delivery holds usage; the others (workforce, access, agreements) state how things were."""
    return (delivery.source, delivery.feed) in USAGE_FEEDS


def reaches_back_days(delivery: Delivery) -> int:
    """How many days before its own date a record of the delivery still bears on; mostly none."""
    return REACHES_BACK_DAYS.get((delivery.source, delivery.feed), 0)


def reached_dates(delivery: Delivery, days: Iterable[date]) -> set[date]:
    """The given dates of its records, and those before them that these still bear on."""
    back = timedelta(days=reaches_back_days(delivery))
    return {reached for day in days for reached in date_range(day - back, day)}


def touched_by(delivery: Delivery, dates: DeliveryDates, as_of: date) -> set[date]:
    """Dates of a delivery to rebuild once it is built in, or taken out; of sums over periods the days on
    which these begin. None for statements, and none that records only bear on: dbt works those out.
    """
    counted = {day for day in dates.recorded(delivery) if day <= as_of}
    if (delivery.source, delivery.feed) in PERIOD_FEEDS:
        return counted
    return counted | set(covered_dates(delivery)) if is_usage(delivery) else set()


def restated_dates(
    delivery: Delivery, others: Iterable[Delivery], dates: DeliveryDates, as_of: date
) -> set[date]:
    """Dates on which less may be known once a delivery is built in, or taken out: those that its records bear
    on, of dates of which others of the feed state something too, and all of a withdrawn one.

    Empty for feeds whose records bear on their own date alone.
    """
    if not reaches_back_days(delivery):
        return set()
    counted = {day for day in dates.recorded(delivery) if day <= as_of}
    if delivery.status == "withdrawn":
        return reached_dates(delivery, counted)
    same_feed = [
        other
        for other in others
        if (other.source, other.feed) == (delivery.source, delivery.feed)
        and other.delivery_id != delivery.delivery_id
    ]
    stated_twice = {day for other in same_feed for day in dates.recorded(other)} & counted
    return reached_dates(delivery, stated_twice)


def is_in_effect(delivery: Delivery) -> bool:
    """Whether the delivery counts, alone or as a second copy; withdrawn ones do not."""
    return delivery.status in ("landed", "duplicate")


def readable(deliveries: Iterable[Delivery], feeds: Collection[tuple[str, str]]) -> list[Delivery]:
    """The deliveries of feeds that models read. The others are not built, nor do their dates count yet."""
    return [delivery for delivery in deliveries if (delivery.source, delivery.feed) in feeds]


def is_relevant(delivery: Delivery, dates: DeliveryDates, as_of: date) -> bool:
    """Whether anything of the delivery lies at or before the as-of date; one without any date always
    counts.
    """
    all_dates = dates.all(delivery)
    return not all_dates or min(all_dates) <= as_of


def first_date(deliveries: Iterable[Delivery], dates: DeliveryDates, floor: date) -> date | None:
    """The first date of the data: of a usage record, a covered day, a period that is summed up or a workforce
    snapshot, not before `floor`.
    """
    starts = [
        day
        for delivery in deliveries
        if (delivery.source, delivery.feed) in USAGE_FEEDS | PERIOD_FEEDS | {WORKERS_FEED}
        for day in dates.all(delivery)
    ]
    return max(min(starts), floor) if starts else None


def pending(
    deliveries: Iterable[Delivery], dates: DeliveryDates, built_from: Collection[str], as_of: date
) -> list[Delivery]:
    """Deliveries the generation in force misses, and withdrawn ones it still holds."""
    return [
        delivery
        for delivery in deliveries
        if (
            is_in_effect(delivery)
            and delivery.delivery_id not in built_from
            and is_relevant(delivery, dates, as_of)
        )
        or (delivery.status == "withdrawn" and delivery.delivery_id in built_from)
    ]


def new_dates(
    first: date, as_of: date, previous_first: date | None, previous_as_of: date | None
) -> set[date]:
    """Dates no generation in force holds yet, and dates it holds before the data now begins."""
    if previous_as_of is None or previous_first is None:
        return set(date_range(first, as_of))
    moved_start = date_range(min(first, previous_first), max(first, previous_first) - ONE_DAY)
    return set(date_range(previous_as_of + ONE_DAY, as_of)) | set(moved_start)


def provisional_dates(as_of: date, previous_as_of: date | None) -> set[date]:
    """Dates that were provisional in the generation in force and may settle now that the as-of date
    advances.
    """
    if previous_as_of is None or as_of <= previous_as_of:
        return set()
    return set(date_range(previous_as_of - timedelta(days=SETTLE_DAYS - 1), previous_as_of))


def decide(
    requested: date,
    deliveries: Sequence[Delivery],
    dates: DeliveryDates,
    published: Published | None,
    *,
    node_hashes: Mapping[str, str],
    settings_hash: str,
    bounds: Bounds,
    forced: tuple[date, date] | None = None,
    frozen: Sequence[FrozenDelivery] = (),
) -> RunScope:
    """Everything a run needs to know before it builds.

    The as-of date never moves back: an earlier `requested` date rebuilds what is touched, up to the published
    one. Dates touched by workforce, access and agreement deliveries are worked out in dbt, per person.
    Raises RunFailed when there is no data to build from.
    """
    previous = published.as_of_date if published else None
    as_of = max(requested, previous) if previous else requested
    floor = bounds.floor(as_of)
    built_from = published.delivery_ids if published else frozenset()
    in_effect = [d for d in deliveries if is_in_effect(d) and is_relevant(d, dates, as_of)]
    waiting = pending(deliveries, dates, built_from, as_of)
    first = first_date(in_effect, dates, floor)
    if first is None or first > as_of:
        raise RunFailed(_nothing_to_build(deliveries, as_of))

    changed = published is not None and (
        dict(published.node_hashes) != dict(node_hashes) or published.settings_hash != settings_hash
    )
    is_full = published is None or changed
    previous_first = first_date(
        [d for d in deliveries if d.delivery_id in built_from], dates, bounds.floor(previous or as_of)
    )
    known_frozen = [one for one in frozen if one.covers_from is None or one.covers_from <= as_of]
    newly_frozen = [one for one in known_frozen if one.delivery_id not in built_from]
    known_ids = {one.delivery_id for one in known_frozen}
    thawed = {
        delivery_id: days
        for delivery_id, days in (published.frozen_dates.items() if published else ())
        if delivery_id not in known_ids
    }
    new = new_dates(first, as_of, previous_first, previous)
    touched = new | provisional_dates(as_of, previous)
    for delivery in waiting:
        touched |= touched_by(delivery, dates, as_of) | restated_dates(delivery, in_effect, dates, as_of)
    # records that waited in a delivery already built in for their date to come
    for delivery in in_effect:
        if delivery.delivery_id in built_from:
            touched |= reached_dates(delivery, dates.recorded(delivery) & new)
    # A day with a frozen delivery is not covered, whatever else came for it: a day may come in several files.
    touched |= {day for one in newly_frozen if is_usage(one) for day in covered_dates(one)}
    # What kept them uncovered is corrected, superseded or taken out of the inbox.
    touched |= {day for days in thawed.values() if days for day in date_range(*days)}
    if forced:
        touched |= set(date_range(*forced))
    if is_full:
        touched |= set(date_range(first, as_of))
    reason = _reason(published, len(waiting), changed, as_of, forced is not None)
    if published is not None:
        counts = ((len(newly_frozen), "frozen"), (len(thawed), "no longer frozen"))
        reason = ", ".join(filter(None, (reason, *(f"{count} {what}" for count, what in counts if count))))
    touched = {day for day in touched if floor <= day <= as_of}
    if reason and not touched:
        touched = {as_of}  # a due run builds something the gate can look at, whatever the deliveries change
    return RunScope(
        requested_date=requested,
        as_of_date=as_of,
        previous_as_of_date=previous,
        first_date=first,
        previous_first_date=previous_first if published else None,
        is_full_rebuild=is_full,
        touched_dates=tuple(sorted(touched)),
        deliveries=tuple(in_effect),
        pending_ids=frozenset(delivery.delivery_id for delivery in waiting),
        is_due=reason != "",
        reason=reason,
        frozen=tuple(known_frozen),
    )


def _reason(published: Published | None, waiting: int, changed: bool, as_of: date, is_forced: bool) -> str:
    """Why a run is due, in words for the operator; empty when nothing is."""
    if published is None:
        return f"first night, {waiting} deliveries"
    reasons = []
    if waiting:
        reasons.append(f"{waiting} {'delivery' if waiting == 1 else 'deliveries'} not built in yet")
    if changed:
        reasons.append("models, seeds or settings changed")
    if as_of > published.as_of_date:
        days = (as_of - published.as_of_date).days
        reasons.append(f"{days} new {'day' if days == 1 else 'days'}")
    if is_forced:
        reasons.append("a backfill was asked for")
    return ", ".join(reasons)


def _nothing_to_build(deliveries: Sequence[Delivery], as_of: date) -> str:
    if not any(is_in_effect(delivery) for delivery in deliveries):
        return (
            "There is nothing to build: no delivery has been landed yet; put the vendors' files under "
            "inbox/<source>/<feed>/ of the home, or try `adoption sample` first."
        )
    return (
        f"There is nothing to build: no usage and no workforce snapshot lies at or before {as_of}; "
        "check the dates of the files in the inbox, or give a later --date."
    )
