"""What waits between nights: deliveries, files and dates that no published generation holds yet.

Only whether a run is worth starting is decided here; what it builds is decided in run_scope.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from orchestration.transformation import run_basis, run_scope

if TYPE_CHECKING:
    from orchestration.home import Home
    from orchestration.nightly import NightlyRun
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
    from orchestration.landing.inbox import list_inbox
    from orchestration.ledger import Ledger
    from orchestration.publishing import generation
    from orchestration.transformation import dbt_run

    published = run_basis.published_state(generation.current(home))
    if published is None or not home.ledger.exists():
        return None
    with Ledger(home.ledger) as ledger:
        deliveries = ledger.deliveries()
        dates = run_scope.DeliveryDates.of(ledger.delivery_dates())
        frozen = ledger.frozen_deliveries()
    readable = run_scope.readable(deliveries, dbt_run.read_feeds())
    waiting = run_scope.pending(readable, dates, published.delivery_ids, published.as_of_date)
    files = list_inbox(home, settings).files if home.inbox.is_dir() else []
    return Waiting(
        pending_ids=tuple(sorted(delivery.delivery_id for delivery in waiting)),
        new_paths=new_paths(
            [file.relative for file in files],
            [delivery.file_path for delivery in deliveries] + [one.file_path for one in frozen],
        ),
        missing_dates=missing_dates(published.as_of_date, now, settings),
    )


def is_work_expected(run: NightlyRun, requested: date) -> bool:
    """Whether a run for this date will find something to build, as far as names of files tell.

    For what is worth starting early: a file changed under its old name or a changed setting goes unnoticed.
    """
    from orchestration.publishing import generation
    from orchestration.transformation import dbt_run

    published = generation.current(run.home)
    waiting = what_waits(run.home, run.settings, run.started_at)
    if published is None or waiting is None:
        return True
    is_new = bool(waiting.pending_ids or waiting.new_paths) or requested > published.as_of_date
    return is_new or dict(published.node_hashes) != dbt_run.node_hashes()
