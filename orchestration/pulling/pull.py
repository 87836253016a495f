"""Pulls every feed that is set to be pulled: each window whole, or nothing of it.

One feed's failure stops no other. Which windows are due is decided in window.py, paging in paging.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestration import run_log
from orchestration.durable import disk_errors
from orchestration.errors import AdoptionError
from orchestration.home import Home
from orchestration.pulling import access, history, paging, pulled_files, window
from orchestration.pulling.access import Endpoint
from orchestration.pulling.failures import Expired, NotThereYet, PullFailed
from orchestration.pulling.history import History
from orchestration.pulling.report import FailedPull, NotYet, Pulled, PullReport
from orchestration.pulling.transport import Transport, open_client
from orchestration.pulling.waits import Limits, RateLimit
from orchestration.pulling.window import Night, Window
from orchestration.settings import Settings

Say = Callable[[str], None]


def pull_feeds(
    home: Home,
    settings: Settings,
    environment: Mapping[str, str],
    night: Night,
    *,
    now: datetime,
    say: Say,
    limits: Limits | None = None,
) -> PullReport:
    """Pull what is due. `now` stamps all files; raises WrongUse for settings, RunFailed for the disk."""
    report = PullReport()
    report.notices += [
        f"{feed.folder} carries content and is not pulled until content_access_approval_id is set under "
        f"[sources.{feed.source}] in adoption.toml."
        for feed in access.unapproved(settings)
    ]
    endpoints = access.endpoints(settings, environment)
    if not endpoints:
        return report
    histories = history.of_feeds(home, [endpoint.feed for endpoint in endpoints])
    rates: dict[tuple[str, int | None], RateLimit] = {}
    pulls = []
    for endpoint in endpoints:
        folder, per_minute = endpoint.feed.folder, endpoint.pull.requests_per_minute
        windows = window.due_windows(endpoint.pull, night, histories[folder].covered)
        rate = rates.setdefault((endpoint.feed.source, per_minute), RateLimit(per_minute))
        pulls.append(
            _FeedPull(home, endpoint, windows, histories[folder], rate, limits or Limits(), now, say, report)
        )
    asyncio.run(_all(pulls))
    report.failed.sort(key=lambda failed: (failed.feed, failed.window.first))
    report.not_there_yet.sort(key=lambda missing: (missing.feed, missing.window.first))
    return report


async def _all(pulls: list[_FeedPull]) -> None:
    await asyncio.gather(*(pull.run() for pull in pulls))


@dataclass
class _FeedPull:
    """One feed of a night: its windows, as many at a time as the vendor allows."""

    home: Home
    endpoint: Endpoint
    windows: list[Window]
    history: History
    rate: RateLimit
    limits: Limits
    now: datetime
    say: Say
    report: PullReport
    has_stopped: bool = False
    done_count: int = 0

    async def run(self) -> None:
        """Pull all windows. Failures go into the report."""
        if not self.windows:
            return
        with disk_errors(f"Preparing {self.home.pulled}"):
            pulled_files.prepare(self.home, self.endpoint.feed)
        room = asyncio.Semaphore(self.endpoint.pull.concurrency)
        async with open_client(self.endpoint, self.limits) as client:
            transport = Transport(
                self.endpoint, client, self.rate, self.limits, lambda text: self._say(f": {text}")
            )
            await asyncio.gather(*(self._one(transport, window, room) for window in self.windows))

    async def _one(self, transport: Transport, window: Window, room: asyncio.Semaphore) -> None:
        async with room:
            if self.has_stopped:
                self.report.failed.append(FailedPull(self.endpoint.feed.folder, window, None))
                return
            await self._reported(transport, window)

    async def _reported(self, transport: Transport, window: Window) -> None:
        folder = self.endpoint.feed.folder
        try:
            pulled = await self._whole(transport, window)
        except NotThereYet as error:
            self.report.not_there_yet.append(NotYet(folder, window, error.latest))
        except PullFailed as error:
            self.has_stopped = self.has_stopped or error.ends_feed
            self._fail(window, str(error))
        except AdoptionError:
            raise
        except Exception as error:
            log = run_log.log_unexpected(self.home, error)
            self._fail(window, f"It stopped on an unexpected {type(error).__name__}; {log} says where.")
        else:
            self.report.pulled.append(pulled)
            self.done_count += 1
            same = "" if pulled.path else ", as before"
            of = f"{self.done_count} of {len(self.windows)}"
            self._say(f": pulled {window}, {pulled.record_count:,} records{same} ({of})")

    def _fail(self, window: Window, sentence: str) -> None:
        self.report.failed.append(FailedPull(self.endpoint.feed.folder, window, sentence))
        self._say(f" {window}: not pulled")

    def _say(self, text: str) -> None:
        self.say(f"{self.endpoint.feed.folder}{text}")

    async def _whole(self, transport: Transport, window: Window) -> Pulled:
        """The whole window in its file; begun anew where a cursor or link expired midway."""
        feed, name = self.endpoint.feed, pulled_files.file_name(window, self.now)
        with disk_errors(f"Pulling {feed.folder}"), pulled_files.drafted(self.home, feed, name) as draft:
            await self._walked(transport, draft, window)
            draft.finish()
            covered = self._covered(window, draft)
            path = None
            if draft.sha256 != self.history.last_sha256.get(covered):
                final = pulled_files.file_name(covered, self.now)
                placed = pulled_files.put_in_place(self.home, feed, name, final)
                path = placed.relative_to(self.home.root).as_posix()
            return Pulled(feed.folder, window, draft.record_count, path)

    def _covered(self, window: Window, draft: pulled_files.Draft) -> Window:
        """What was asked for; of a snapshot that says itself which day it is of, that day."""
        feed, record = self.endpoint.feed, draft.first_record
        if self.endpoint.pull.span != "snapshot" or feed.dated_by != "record" or record is None:
            return window
        day = pulled_files.stated_day(feed, record)
        return Window(day, day) if day else window

    async def _walked(self, transport: Transport, draft: pulled_files.Draft, window: Window) -> None:
        start = draft.mark()
        for restart in range(self.limits.restarts + 1):
            draft.rewind(start)
            try:
                return await paging.walk(transport, draft, window)
            except Expired as error:
                expired = str(error)
                self._say(f" {window}: {expired} Beginning anew ({restart + 1})")
        raise PullFailed(f"{expired} Beginning anew {self.limits.restarts} times did not help.")
