"""What the pulls of one night brought, and what they did not bring and why.

Only values and their wording; pulling itself belongs to pull.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class PullReport:
    """What one night pulled."""

    pulled: list[Pulled] = field(default_factory=list)
    failed: list[FailedPull] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

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
