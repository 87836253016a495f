"""The watch between nights: deliveries and dates that no published generation holds yet.

Only whether a run is worth requesting is decided here; what it builds is decided in run_scope.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import nightly
from orchestration.graph.jobs import NIGHTLY
from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.home import Home
    from orchestration.settings import Settings

# The night's own tick is at 02:30; a date still missing two hours later was missed.
EXPECTED_BY = time(4, 30)


@dataclass(frozen=True)
class Waiting:
    """What waits to be built: pending deliveries by id, paths the ledger does not know, the dates missing."""

    pending_ids: tuple[str, ...]
    new_paths: tuple[str, ...]
    missing_dates: tuple[date, ...]

    @property
    def cursor(self) -> str:
        """The same for the same things waiting, so that one state asks for one run."""
        state = json.dumps([self.pending_ids, self.new_paths, [d.isoformat() for d in self.missing_dates]])
        return hashlib.sha256(state.encode()).hexdigest()[:16] if self.is_any else ""

    @property
    def is_any(self) -> bool:
        """Whether a run is worth requesting."""
        return bool(self.pending_ids or self.new_paths or self.missing_dates)


def missing_dates(as_of: date, now: datetime, settings: Settings) -> tuple[date, ...]:
    """Dates that should be published by now and are not: expected dates compared with the published as-of
    date.
    """
    expected = run_scope.default_date(now, settings.zone)
    if now.astimezone(settings.zone).time() < EXPECTED_BY:
        expected -= timedelta(days=1)
    return tuple(run_scope.date_range(as_of + run_scope.ONE_DAY, expected))


def new_paths(inbox_paths: Collection[str], known_paths: Collection[str]) -> tuple[str, ...]:
    """Files of the inbox that were never landed."""
    return tuple(sorted(set(inbox_paths) - set(known_paths)))


def what_waits(home: Home, settings: Settings, now: datetime) -> Waiting | None:
    """What no published generation holds yet; None before the first night, which a person starts."""
    from orchestration.landing.inbox import own_paths
    from orchestration.ledger import Ledger
    from orchestration.publishing import generation

    published = nightly.published_state(generation.current(home))
    if published is None or not home.ledger.exists():
        return None
    with Ledger(home.ledger) as ledger:
        deliveries = ledger.deliveries()
        dates = run_scope.DeliveryDates.of(ledger.delivery_dates())
    waiting = run_scope.pending(deliveries, dates, published.delivery_ids, published.as_of_date)
    inbox = [
        path.relative_to(home.inbox).as_posix() for path in home.inbox.glob("*/*/**/*") if path.is_file()
    ]
    return Waiting(
        pending_ids=tuple(sorted(delivery.delivery_id for delivery in waiting)),
        new_paths=new_paths([*inbox, *own_paths(home)], {delivery.file_path for delivery in deliveries}),
        missing_dates=missing_dates(published.as_of_date, now, settings),
    )


def new_deliveries_sensor(home: Home, settings: Settings) -> dg.SensorDefinition:
    """Requests one run for each new state of things waiting: late deliveries, new files, dates missed in
    downtime.
    """

    @dg.sensor(name="new_deliveries", job_name=NIGHTLY, minimum_interval_seconds=600)
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        now = datetime.now(UTC)
        waiting = what_waits(home, settings, now)
        if waiting is None:
            return dg.SkipReason("There is no generation yet; start the first night with `adoption nightly`.")
        if not waiting.is_any or waiting.cursor == context.cursor:
            return dg.SkipReason("Nothing new waits.")
        day = run_scope.default_date(now, settings.zone)
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=waiting.cursor, partition_key=day.isoformat())],
            cursor=waiting.cursor,
        )

    return watch
