"""Why a pull, or one request of it, failed. Texts hold no address, no secret and nothing of an answer.

What is done about each belongs to transport.py and pull.py.
"""

from __future__ import annotations

from datetime import date


class PullFailed(Exception):
    """What went wrong, in one sentence. `ends_feed`: the other days would meet the same."""

    def __init__(self, sentence: str, *, ends_feed: bool = False) -> None:
        super().__init__(sentence)
        self.ends_feed = ends_feed


class Passing(PullFailed):
    """Something that asking again may mend, after `wait_seconds` where the vendor says how long."""

    def __init__(self, sentence: str, wait_seconds: float | None = None) -> None:
        super().__init__(sentence, ends_feed=True)
        self.wait_seconds = wait_seconds


class Expired(PullFailed):
    """A cursor or a signed link holds no longer: the window is asked for from its beginning."""


class NotThereYet(Exception):
    """The vendor does not have the day yet; `latest` is the latest it has, where it says so."""

    def __init__(self, latest: date | None = None) -> None:
        super().__init__("The vendor does not have this day yet.")
        self.latest = latest
