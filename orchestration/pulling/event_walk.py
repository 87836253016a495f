"""Takes JSON apart event by event, in bounded memory, however long or deep it is.

Slow, and right for everything; what comes in the usual form goes the way of value_walk.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import ijson

from orchestration.pulling import pruning
from orchestration.pulling.failures import Passing
from orchestration.pulling.found import Gathering, Wanted

Walk = Generator[None, pruning.Event, None]


class EventWalk:
    """Parses JSON as it comes in. Raises Passing for what is cut short or damaged."""

    def __init__(self, wanted: Wanted, gathering: Gathering) -> None:
        self._wanted = wanted
        self._gathering = gathering
        self._events = ijson.sendable_list()
        self._parser = ijson.basic_parse_coro(self._events, multiple_values=not wanted.is_one)
        self._walk = self._documents()
        next(self._walk)

    def feed(self, piece: bytes) -> None:
        """Parse some more bytes."""
        self._parse(lambda: self._parser.send(piece))

    def finish(self) -> None:
        """All bytes are in."""
        self._parse(self._parser.close)

    def _parse(self, step: Callable[[], Any]) -> None:
        try:
            step()
        except ijson.IncompleteJSONError:
            raise Passing("The answer is cut short: its JSON lacks its end.") from None
        # halves of surrogate pairs, and numbers beyond all bounds, over which ijson stumbles
        except (ijson.JSONError, ValueError, ArithmeticError, SystemError):
            raise Passing("The answer is damaged: it is no valid JSON.") from None
        for event in self._events:
            self._walk.send(event)
        self._events.clear()

    def _documents(self) -> Walk:
        while True:
            event, value = yield
            if not self._wanted.is_bare:
                yield from self._outer("", event, value)
            elif event == "start_array":
                yield from self._records("")
            else:
                yield from self._record(event, value)

    def _outer(self, path: str, event: str, value: Any) -> Walk:
        """What stands around the records. It goes no deeper than the paths that are wanted."""
        if event == "start_map" and self._wanted.leads_on(path):
            while (entry := (yield))[0] != "end_map":
                inner = f"{path}.{entry[1]}" if path else str(entry[1])
                event, value = yield
                yield from self._outer(inner, event, value)
        elif event == "start_array" and path == self._wanted.array:
            yield from self._records(path)
        elif event == "start_array" and path in self._wanted.signs:
            self._gathering.found.lists.add(path)
            while (entry := (yield))[0] != "end_array":
                yield from self._sign(path, *entry)
        elif path in self._wanted.signs:
            yield from self._sign(path, event, value)
        elif event in pruning.BEGINNINGS:
            yield from pruning.skipped()

    def _records(self, path: str) -> Walk:
        self._gathering.found.lists.add(path)
        while (entry := (yield))[0] != "end_array":
            yield from self._record(*entry)

    def _record(self, event: str, value: Any) -> Walk:
        text = yield from pruning.copied(event, value, self._wanted.shape)
        self._gathering.record(text)

    def _sign(self, path: str, event: str, value: Any) -> Walk:
        if event in pruning.BEGINNINGS:
            yield from pruning.skipped()
            value = None
        self._gathering.sign(path, value)
