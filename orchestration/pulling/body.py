"""Reads the body of an answer while it streams in: unpacks it, has it taken apart, hands out pruned records.

A body that is cut short, damaged, or no JSON raises; how an answer is asked for belongs to transport.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from orchestration.pulling import value_walk
from orchestration.pulling.event_walk import EventWalk
from orchestration.pulling.failures import Passing, PullFailed
from orchestration.pulling.found import Found, Gathering, Wanted
from orchestration.pulling.value_walk import NotPlain

PIECE = 1 << 16
MAX_BODY_BYTES = 16 << 30
# A page or a line of more is parsed as it comes in, not at once.
AT_ONCE_BYTES = 4 << 20


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


class JsonReading:
    """Takes JSON apart as it comes in and hands each record out as pruned JSON text.

    A page, or a line of a file, is parsed at once; one that is long or not in the usual form goes by events,
    and so does all that comes after it.
    """

    def __init__(self, wanted: Wanted, receive: Callable[[str], None]) -> None:
        self._wanted = wanted
        self._gathering = Gathering(receive)
        self._waiting = bytearray()
        self._events: EventWalk | None = None
        self._is_empty = True

    def feed(self, piece: bytes) -> None:
        """Some more bytes."""
        if self._is_empty:
            piece = piece.lstrip()
            self._refuse_markup(piece)
            self._is_empty = not piece
        if self._events is not None:
            self._by_events(piece)
            return
        self._waiting += piece
        if not self._wanted.is_one and b"\n" in piece:
            self._read_lines()
        if len(self._waiting) > AT_ONCE_BYTES:
            self._by_events(self._taken())

    def finish(self) -> Found:
        """All bytes are in. Raises Passing where a document has no end, or there is none at all."""
        if self._is_empty and self._wanted.is_one:
            raise Passing("The answer is empty.")
        last = self._taken()
        try:
            self._read_at_once(last)
        except NotPlain:
            self._by_events(last)
        if self._events is not None:
            self._events.finish()
        return self._gathering.finish()

    def _read_lines(self) -> None:
        *lines, rest = self._taken().split(b"\n")
        for number, line in enumerate(lines):
            try:
                self._read_at_once(line)
            except NotPlain:
                self._by_events(b"\n".join((*lines[number:], rest)))
                return
        self._waiting += rest

    def _read_at_once(self, document: bytes) -> None:
        if document.strip():
            value_walk.walk(value_walk.parsed(document), self._wanted, self._gathering)

    def _by_events(self, piece: bytes) -> None:
        if self._events is None:
            self._events = EventWalk(self._wanted, self._gathering)
        if piece:
            self._events.feed(piece)

    def _taken(self) -> bytes:
        waiting = bytes(self._waiting)
        self._waiting.clear()
        return waiting

    def _refuse_markup(self, piece: bytes) -> None:
        if piece.startswith(b"<"):
            raise PullFailed("The answer is HTML or XML, most likely an error or sign-in page.")
