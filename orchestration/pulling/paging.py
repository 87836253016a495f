"""Walks all pages of one window, whatever the vendor's paging, into a draft; a walk in circles is an error.

How one page is asked for belongs to transport.py; what becomes of the draft to pull.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from orchestration.pulling import pruning
from orchestration.pulling.failures import NotThereYet, PullFailed
from orchestration.pulling.found import Found, Wanted
from orchestration.pulling.transport import Answer, Intake, Request, Transport
from orchestration.pulling.window import Window
from orchestration.sources.pull import Cursor, LinkHeader, NextLink, PageNumber, Report

# No vendor needs more; a page that announces another one for ever does.
MAX_PAGES = 100_000
MAX_EMPTY_PAGES = 20


class Draft(Protocol):
    """Where records go until the pull is complete: a page can be taken back, and so can everything."""

    def mark(self) -> object:
        """Where the draft stands now."""

    def rewind(self, mark: object) -> None:
        """Forget what was added since."""

    def add(self, record: str) -> None:
        """One record as JSON text."""


@dataclass
class _Walk:
    """One walk through the pages of a window."""

    transport: Transport
    draft: Draft
    window: Window

    def __post_init__(self) -> None:
        feed = self.transport.endpoint.feed
        self._list = pruning.record_list(feed)
        self._values = window_values(self.window) | dict(self.transport.endpoint.parameters)
        self._seen_pages: set[str] = set()
        self._seen_places: set[str] = set()
        self._empty_pages = 0
        self._wanted = Wanted(
            shape=pruning.allowed_shape(feed),
            array=self._list,
            is_bare=self._list is None,
            signs=self._signs(),
        )

    def _signs(self) -> frozenset[str]:
        match self.transport.endpoint.pull.paging:
            case Cursor(next_path=following, more_path=more):
                return frozenset({following} if more is None else {following, more})
            case PageNumber(more_path=more):
                return frozenset({more})
            case NextLink(path=link):
                return frozenset({link})
            case _:
                return frozenset()

    async def pages(self) -> None:
        """Fetch page after page until the vendor says that it was the last one."""
        request: Request | None = self._first()
        count = 0
        while request is not None:
            answer = await self._page(request)
            request = self._following(request, answer)
            count += 1
            if request is not None and count >= MAX_PAGES:
                raise PullFailed(f"The vendor announces ever more pages; it was left after {count:,}.")

    def _first(self) -> Request:
        endpoint = self.transport.endpoint
        pairs = [(name, filled(value, self._values)) for name, value in endpoint.pull.parameters]
        request = Request(endpoint.url, self.window.last)
        if endpoint.pull.method == "POST":
            request = replace(request, body=dict(pairs))
        else:
            request = replace(request, parameters=tuple((name, str(value)) for name, value in pairs))
        match endpoint.pull.paging:
            case PageNumber(parameter=parameter, first=first):
                return replace(_with_parameter(request, parameter, first), is_first=True)
            case _:
                return request

    async def _page(self, request: Request) -> Answer:
        """One page into the draft. Raises PullFailed for one that came before."""
        answer = await self.transport.fetch(request, self._wanted, intake_into(self.draft))
        found = answer.found
        if (self._list or "") not in found.lists:
            raise PullFailed(f"The answer has no list {self._list or 'of records'}.")
        self._empty_pages = 0 if found.record_count else self._empty_pages + 1
        if self._empty_pages > MAX_EMPTY_PAGES:
            raise PullFailed(
                f"The vendor sent {self._empty_pages} empty pages in a row and announces another."
            )
        if found.record_count and found.digest in self._seen_pages:
            raise PullFailed("The vendor sent the same page twice.")
        self._seen_pages.add(found.digest)
        return answer

    def _following(self, request: Request, answer: Answer) -> Request | None:
        """The request for the next page, None after the last one."""
        match self.transport.endpoint.pull.paging:
            case Cursor() as paging:
                place = _cursor(paging, answer.found)
                return None if place is None else _with_parameter(request, paging.parameter, self._new(place))
            case PageNumber(parameter=parameter, more_path=more):
                number = _page_number(request, parameter) + 1
                has_more = _flag(answer.found.sign(more), more)
                return _with_parameter(request, parameter, number) if has_more else None
            case NextLink(path=path):
                return self._linked(request, answer.found.sign(path))
            case LinkHeader():
                return self._linked(request, answer.next_link)
            case _:
                return None

    def _linked(self, request: Request, link: Any) -> Request | None:
        if link is None:
            return None
        if not isinstance(link, str):
            raise PullFailed("The answer names its next page by something that is no address.")
        url = self.transport.same_host(str(self._new(link)))
        return replace(request, url=url, parameters=(), is_first=False)

    def _new(self, place: str | int) -> str | int:
        """A cursor or address that was not followed before. Raises PullFailed for a walk in circles."""
        if str(place) in self._seen_places:
            raise PullFailed("The cursors of the vendor run in a circle.")
        self._seen_places.add(str(place))
        return place

    async def report(self, paging: Report) -> None:
        """Fetch every file that the answer links to. Raises NotThereYet where there is none."""
        envelope = Wanted(signs=frozenset({paging.links_path, paging.day_path}))
        answer = await self.transport.fetch(self._first(), envelope, Intake(lambda: None, lambda _: None))
        found = answer.found
        if paging.links_path not in found.lists:
            raise PullFailed(f"The answer has no list {paging.links_path}.")
        if found.sign(paging.day_path) not in (None, self.window.last.isoformat()):
            raise PullFailed("The answer is for another day than the one asked for.")
        links = found.signs.get(paging.links_path, [])
        if not links:
            raise NotThereYet
        if not all(isinstance(link, str) for link in links):
            raise PullFailed(f"The list {paging.links_path} holds something that is no address.")
        files = replace(self._wanted, array=None, is_bare=True, is_one=False)
        for link in links:
            request = Request(str(self._new(link)), self.window.last, is_signed_link=True)
            answer = await self.transport.fetch(request, files, intake_into(self.draft))
            if answer.found.record_count and answer.found.digest in self._seen_pages:
                raise PullFailed("The vendor sent the same file twice.")
            self._seen_pages.add(answer.found.digest)


async def walk(transport: Transport, draft: Draft, window: Window) -> None:
    """Everything of one window into the draft. Raises PullFailed, Expired or NotThereYet; the draft then
    holds something incomplete.
    """
    paging = transport.endpoint.pull.paging
    if isinstance(paging, Report):
        await _Walk(transport, draft, window).report(paging)
    else:
        await _Walk(transport, draft, window).pages()


def intake_into(draft: Draft) -> Intake:
    """Adds a body to a draft; another attempt takes back what the one before added."""
    mark = draft.mark()
    return Intake(lambda: draft.rewind(mark), draft.add)


def window_values(window: Window) -> dict[str, str | int]:
    """What the names in braces of a declaration stand for."""
    start = datetime.combine(window.first, time.min, UTC)
    end = datetime.combine(window.last + timedelta(days=1), time.min, UTC)
    return {
        "day": window.first.isoformat(),
        "next_day": end.date().isoformat(),
        "day_start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "next_day_start": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "day_epoch": int(start.timestamp()),
        "next_day_epoch": int(end.timestamp()),
        "day_ms": int(start.timestamp()) * 1000,
        "last_ms": int(end.timestamp()) * 1000 - 1,
    }


def filled(value: str | int, values: Mapping[str, str | int]) -> str | int:
    """A parameter with its names in braces replaced; a name alone keeps the type of its value."""
    if isinstance(value, int):
        return value
    if value.startswith("{") and value.endswith("}") and value[1:-1] in values:
        return values[value[1:-1]]
    return value.format_map(values)


def _cursor(paging: Cursor, found: Found) -> str | int | None:
    """What to send for the next page; None after the last one."""
    more, place = paging.more_path, found.sign(paging.next_path)
    if more is not None and not _flag(found.sign(more), more):
        return None
    if place is None and more is None:
        return None
    if not isinstance(place, str | int) or place == "":
        raise PullFailed(f"The answer announces another page, but {paging.next_path} does not name it.")
    return place


def _with_parameter(request: Request, name: str, value: str | int) -> Request:
    if request.body is not None:
        return replace(request, body=request.body | {name: value}, is_first=False)
    kept = tuple(pair for pair in request.parameters if pair[0] != name)
    return replace(request, parameters=(*kept, (name, str(value))), is_first=False)


def _page_number(request: Request, name: str) -> int:
    given: Iterable[tuple[str, Any]] = request.parameters if request.body is None else request.body.items()
    return int(dict(given)[name])


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise PullFailed(f"The answer does not say whether it is the last page ({path}).")
    return value
