"""What is on file of the pulled feeds: the dates covered, and the last content of each window.

Read from the ledger and the names of files; what follows from it is decided in window.py and pull.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from orchestration.pulling import pulled_files
from orchestration.pulling.window import Window

if TYPE_CHECKING:
    from orchestration.home import Home
    from orchestration.ledger import Delivery
    from orchestration.sources.base import Feed


@dataclass
class History:
    """Of one feed: dates that a delivery covers, and the hash of the content that ranks last per window."""

    covered: set[date] = field(default_factory=set)
    last_sha256: dict[Window, str] = field(default_factory=dict)


def of_feeds(home: Home, feeds: list[Feed]) -> dict[str, History]:
    """The history of each feed by its folder; files that no run has landed yet count as covering."""
    from orchestration.ledger import Ledger
    from orchestration.transformation import run_scope

    found = {feed.folder: History() for feed in feeds}
    deliveries: list[Delivery] = []
    if home.ledger.exists():
        with Ledger(home.ledger) as ledger:
            deliveries = sorted(ledger.deliveries(), key=lambda d: (d.rank_at, d.ledger_order))
    for delivery in deliveries:
        history = found.get(f"{delivery.source}/{delivery.feed}")
        if history is None:
            continue
        if run_scope.is_in_effect(delivery):
            history.covered.update(run_scope.covered_dates(delivery))
        if delivery.covers_from is not None:
            window = Window(delivery.covers_from, delivery.covers_to or delivery.covers_from)
            history.last_sha256[window] = delivery.content_sha256
    known = frozenset(delivery.file_path for delivery in deliveries)
    for feed in feeds:
        for window in pulled_files.waiting_windows(home, feed, known):
            found[feed.folder].covered.update(window.days)
    return found
