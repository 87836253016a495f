"""Reads the body of an answer while it streams in: unpacks it, parses it, hands out pruned records.

A body that is cut short, damaged, or no JSON raises; how an answer is asked for belongs to transport.py.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import ijson

from orchestration.pulling import pruning
from orchestration.pulling.failures import Passing, PullFailed

PIECE = 1 << 16
MAX_BODY_BYTES = 16 << 30
MAX_SIGN_BYTES = 1 << 20
Walk = Generator[None, pruning.Event, None]


@dataclass
class Found:
    """What a body held besides its records: plain values by path, and a digest of the records."""

    signs: dict[str, list[Any]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    record_count: int = 0
    digest: str = ""

    def sign(self, path: str) -> Any:
        """The plain value at a path of the answer; None where there is none."""
        values = self.signs.get(path)
        return values[0] if values else None


class Unpacking:
    """Bytes as sent to bytes as meant; `finish` raises for compression that breaks off."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("", "identity", "gzip"):
            raise PullFailed("The answer is packed in a way that was not asked for.")
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
        self._size = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The content in pieces of bounded size."""
        if self._member is None:
            yield self._counted(data)
            return
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                piece = self._member.decompress(data, PIECE)
            except zlib.error:
                raise Passing("The answer is damaged: it is no valid gzip.") from None
            yield self._counted(piece)
            data = self._member.unconsumed_tail or self._member.unused_data

    def _counted(self, piece: bytes) -> bytes:
        self._size += len(piece)
        if self._size > MAX_BODY_BYTES:
            raise PullFailed(f"The answer is larger than {MAX_BODY_BYTES >> 30} GiB.")
        return piece

    def finish(self) -> None:
        """All bytes are in; raises Passing where gzip lacks its end."""
        if self._member is not None and not self._member.eof and self._size:
            raise Passing("The answer is cut short: its gzip lacks its end.")


@dataclass(frozen=True)
class Wanted:
    """What to look for in a body: the records in the list at the path `array`, or, where there is none, as
    the documents themselves or the elements of a list (`is_bare`), cut down to `shape`; and plain values, or
    lists of them, at the paths `signs`. `is_one`: the body is one document, not several in a row.
    """

    shape: dict[str, pruning.Shape] = field(default_factory=dict)
    array: str | None = None
    is_bare: bool = False
    signs: frozenset[str] = frozenset()
    is_one: bool = True


class JsonReading:
    """Parses JSON as it comes in and hands each record out as pruned JSON text."""

    def __init__(self, wanted: Wanted, receive: Callable[[str], None]) -> None:
        self._found = Found()
        self._hash = hashlib.sha256()
        self._receive = receive
        self._is_empty = True
        self._events = ijson.sendable_list()
        self._parser = ijson.basic_parse_coro(self._events, multiple_values=not wanted.is_one)
        self._wanted = wanted
        self._sign_size = 0
        self._walk = self._documents()
        next(self._walk)

    def feed(self, piece: bytes) -> None:
        """Parse some more bytes."""
        if self._is_empty:
            piece = piece.lstrip()
            self._refuse_markup(piece)
            self._is_empty = not piece
        if piece:
            self._parse(lambda: self._parser.send(piece))

    def finish(self) -> Found:
        """All bytes are in. Raises Passing where a document has no end, or there is none at all."""
        if not self._is_empty:
            self._parse(self._parser.close)
        elif self._wanted.is_one:
            raise Passing("The answer is empty.")
        self._found.digest = self._hash.hexdigest()
        return self._found

    def _parse(self, step: Callable[[], Any]) -> None:
        try:
            step()
        except ijson.IncompleteJSONError:
            raise Passing("The answer is cut short: its JSON lacks its end.") from None
        except ijson.JSONError:
            raise Passing("The answer is damaged: it is no valid JSON.") from None
        for event in self._events:
            self._walk.send(event)
        self._events.clear()

    def _refuse_markup(self, piece: bytes) -> None:
        if piece.startswith(b"<"):
            raise PullFailed("The answer is HTML or XML, most likely an error or sign-in page.")

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
        if event == "start_map" and self._leads_on(path):
            while (entry := (yield))[0] != "end_map":
                inner = f"{path}.{entry[1]}" if path else str(entry[1])
                event, value = yield
                yield from self._outer(inner, event, value)
        elif event == "start_array" and path == self._wanted.array:
            yield from self._records(path)
        elif event == "start_array" and path in self._wanted.signs:
            self._found.lists.add(path)
            while (entry := (yield))[0] != "end_array":
                yield from self._sign(path, *entry)
        elif path in self._wanted.signs:
            yield from self._sign(path, event, value)
        elif event in pruning.BEGINNINGS:
            yield from pruning.skipped()

    def _leads_on(self, path: str) -> bool:
        wanted = {*self._wanted.signs, self._wanted.array or ""}
        return not path or any(other.startswith(f"{path}.") for other in wanted)

    def _records(self, path: str) -> Walk:
        self._found.lists.add(path)
        while (entry := (yield))[0] != "end_array":
            yield from self._record(*entry)

    def _record(self, event: str, value: Any) -> Walk:
        text = yield from pruning.copied(event, value, self._wanted.shape)
        self._found.record_count += 1
        self._hash.update(text.encode() + b"\n")
        self._receive(text)

    def _sign(self, path: str, event: str, value: Any) -> Walk:
        if event in pruning.BEGINNINGS:
            yield from pruning.skipped()
            value = None  # is there, and is not what was wanted
        self._sign_size += len(str(value))
        if self._sign_size > MAX_SIGN_BYTES:
            raise PullFailed("The answer says more about its next pages than anybody needs.")
        self._found.signs.setdefault(path, []).append(value)
