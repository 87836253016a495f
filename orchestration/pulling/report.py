"""What the pulls of one night brought, and what they did not bring and why.

Only values and their wording; pulling itself belongs to pull.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from orchestration.pulling.window import Window


@dataclass(frozen=True)
class Pulled:
    """One window as it was pulled; without a `path` the vendor said what was on file already."""

    feed: str
    window: Window
    record_count: int
    path: str | None


@dataclass(frozen=True)
class FailedPull:
    """One window of which nothing was kept, and one sentence why; without one the feed had stopped before."""

    feed: str
    window: Window
    sentence: str | None


@dataclass(frozen=True)
class NotYet:
    """A window that the vendor does not have yet; `latest`: the latest date it has, where it says so."""

    feed: str
    window: Window
    latest: date | None


@dataclass
class PullReport:
    """What one night pulled."""

    pulled: list[Pulled] = field(default_factory=list)
    failed: list[FailedPull] = field(default_factory=list)
    not_there_yet: list[NotYet] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def notice_lines(self) -> list[str]:
        """What is to be said though nothing failed; one line per feed of what vendors do not have yet."""
        lines = list(self.notices)
        for feed in dict.fromkeys(missing.feed for missing in self.not_there_yet):
            missing = [found for found in self.not_there_yet if found.feed == feed]
            which = str(Window(missing[0].window.first, missing[-1].window.last))
            of = f"{len(missing)} days of " if len(missing) > 1 else ""
            latest = max((found.latest for found in missing if found.latest), default=None)
            known = f"; the latest it names is {latest}" if latest else ""
            lines.append(f"{feed}: the vendor does not have {of}{which} yet{known}.")
        return lines

    @property
    def failure_lines(self) -> list[str]:
        """A line for each failure, and one for the windows that were not asked for any more."""
        lines = [
            f"{failed.feed} {failed.window}: {failed.sentence}" for failed in self.failed if failed.sentence
        ]
        unasked: dict[str, int] = {}
        for failed in self.failed:
            if failed.sentence is None:
                unasked[failed.feed] = unasked.get(failed.feed, 0) + 1
        lines += [
            f"{feed}: {count} further pulls were not tried after that." for feed, count in unasked.items()
        ]
        return lines
