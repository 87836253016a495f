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
_PLAIN = ("string", "number", "boolean", "null")


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
    """What to look for in a body: records at these prefixes of ijson, cut down to a shape, and plain values
    or lists of them at the paths `signs`. `is_one`: the body is one document, not several in a row.
    """

    shape: dict[str, pruning.Shape] = field(default_factory=dict)
    records_at: frozenset[str] = frozenset()
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
        self._parser = ijson.parse_coro(self._events, multiple_values=not wanted.is_one)
        self._is_one = wanted.is_one
        self._walk = self._walking(wanted)
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
        elif self._is_one:
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

    def _walking(self, wanted: Wanted) -> Generator[None, pruning.Event, None]:
        size = 0
        while True:
            prefix, event, value = yield
            if prefix in wanted.records_at and not (prefix == "" and event in ("start_array", "end_array")):
                text = yield from pruning.copied(event, value, wanted.shape)
                self._take(text)
            elif event == "start_array":
                self._found.lists.add(prefix)
            elif event in _PLAIN and (path := prefix.removesuffix(".item")) in wanted.signs:
                size += len(str(value))
                if size > MAX_SIGN_BYTES:
                    raise PullFailed("The answer says more about its next pages than anybody needs.")
                self._found.signs.setdefault(path, []).append(value)

    def _take(self, text: str) -> None:
        self._found.record_count += 1
        self._hash.update(text.encode() + b"\n")
        self._receive(text)
