"""Whether a file of the inbox can be trusted as a whole: every byte read, decompressed and hashed first.

Nothing is parsed here beyond bytes and line ends; what a line says belongs to record_sql.
"""

from __future__ import annotations

import codecs
import hashlib
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import zstandard

from orchestration.errors import InputRefused
from orchestration.landing.file_names import Compression

READ_SIZE = 1 << 20
# A line within one buffer is not measured; every longer one crosses a border and is.
SHORT_LINE = READ_SIZE
MAX_LINE_BYTES = 64 << 20
MAX_CONTENT_BYTES = 64 << 30
# No honest log shrinks a thousandfold; below this size it does not matter.
MAX_RATIO = 1_000
RATIO_FROM_BYTES = 100 << 20
# Bytes that never stand in text: the line reader needs one that does not occur, as its column separator.
SEPARATORS = (1, 2, 3, 4)
HEADER_BYTES = 64 << 10
# Small steps bound what one of them can unpack to: a block of a few bytes can stand for 128 KiB.
ZSTD_STEP = 4 << 10
MAX_ZSTD_WINDOW = 128 << 20

_BOM = codecs.BOM_UTF8


class StillBeingWritten(Exception):
    """The file changed while it was read; it is left for the next run."""


@dataclass(frozen=True)
class FileStamp:
    """Size in bytes and time of change in nanoseconds: while both stay, so do the bytes."""

    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Content:
    """What reading a whole file showed. Lengths in bytes of the decompressed content.

    `longest_line` is exact above SHORT_LINE. `first_line` is the text of the first line that is not blank,
    cut at HEADER_BYTES, and `blank_lines` how many stand before it. `separator` is the code of a control
    character that does not occur. `has_carriage_returns`: some lines end with one and a line feed.
    """

    stamp: FileStamp
    sha256: str
    size: int
    line_count: int
    longest_line: int
    ends_with_newline: bool
    first_line: str
    blank_lines: int
    separator: int
    has_carriage_returns: bool


def file_stamp(path: Path) -> FileStamp:
    """Size and time of change of a regular file; raises InputRefused for a link or anything else."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise InputRefused("It is a symbolic link; put the file itself into the inbox.")
    if not stat.S_ISREG(status.st_mode):
        raise InputRefused("It is no regular file; take it out of the inbox.")
    return FileStamp(status.st_size, status.st_mtime_ns)


def inspect(path: Path, compression: Compression) -> Content:
    """Read the whole file once and describe it.

    Raises InputRefused, with one sentence and no path, for what cannot be trusted: damaged or oversized
    compression, nothing in it, HTML, not UTF-8, stray carriage returns; StillBeingWritten if it changed
    meanwhile.
    """
    before = file_stamp(path)
    if before.size == 0:
        raise InputRefused("It is empty; deliver it again.")
    scan = _Scan()
    limit = max(RATIO_FROM_BYTES, before.size * MAX_RATIO)
    try:
        with path.open("rb") as file:
            for chunk in _decompressed(file, compression):
                scan.add(chunk)
                if scan.size > min(limit, MAX_CONTENT_BYTES):
                    raise InputRefused(
                        f"It unpacks to more than {MAX_RATIO:,} times its size or "
                        f"{MAX_CONTENT_BYTES >> 30} GiB, which no honest log does; look into it."
                    )
    except InputRefused:
        ensure_unchanged(path, before)
        raise
    ensure_unchanged(path, before)
    return scan.finish(before)


def ensure_unchanged(path: Path, stamp: FileStamp) -> None:
    """Raise StillBeingWritten unless size and time of change are as they were."""
    try:
        if file_stamp(path) == stamp:
            return
    except FileNotFoundError:
        pass
    raise StillBeingWritten


class _Scan:
    """Collects, buffer by buffer, what Content holds."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_mid_character = False
        self._newlines = 0
        self._open_line = 0
        self._longest_line = SHORT_LINE
        self._head = b""
        self._blank_lines = 0
        self._last = b""
        self._has_carriage_returns = False
        self._separators = set(SEPARATORS)

    def add(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.size += len(chunk)
        if len(self._head) < HEADER_BYTES:
            self._take_head(chunk)
        self._check_encoding(chunk)
        self._check_carriage_returns(chunk)
        self._measure_lines(chunk)
        self._separators = {code for code in self._separators if code not in chunk}
        self._last = chunk[-1:]

    def finish(self, stamp: FileStamp) -> Content:
        if self._is_mid_character:
            self._refuse_encoding()
        if self._last == b"\r":
            _refuse_carriage_return()
        if not self._head.strip():
            raise InputRefused("It holds nothing but blank lines; deliver it again.")
        if not self._separators:
            raise InputRefused("It is no text: it holds control characters; deliver it again.")
        self._longest_line = max(self._longest_line, self._open_line)
        return Content(
            stamp=stamp,
            sha256=self._hash.hexdigest(),
            size=self.size,
            line_count=self._newlines + (self._last != b"\n"),
            longest_line=self._longest_line,
            ends_with_newline=self._last == b"\n",
            first_line=self._head.split(b"\n", 1)[0].decode("utf-8", errors="ignore").strip(),
            blank_lines=self._blank_lines,
            separator=min(self._separators),
            has_carriage_returns=self._has_carriage_returns,
        )

    def _take_head(self, chunk: bytes) -> None:
        is_first = self.size == len(chunk)
        head = self._head + (chunk.removeprefix(_BOM) if is_first else chunk)
        stripped = head.lstrip()
        self._blank_lines += head[: len(head) - len(stripped)].count(b"\n")
        self._head = stripped[:HEADER_BYTES]
        if self._head.startswith(b"<"):
            raise InputRefused(
                "It is HTML or XML, most likely an error or sign-in page instead of data; fetch it again."
            )

    def _check_encoding(self, chunk: bytes) -> None:
        if chunk.isascii() and not self._is_mid_character:
            return
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            self._refuse_encoding(chunk[: error.start].count(b"\n"))
        self._is_mid_character = bool(self._decoder.getstate()[0])

    def _refuse_encoding(self, lines_before: int = 0) -> None:
        line = self._newlines + lines_before + 1
        raise InputRefused(f"It is not UTF-8 text (line {line}); deliver it in UTF-8.")

    def _check_carriage_returns(self, chunk: bytes) -> None:
        returns = chunk.count(b"\r")
        self._has_carriage_returns |= returns > 0
        if self._last == b"\r" and not chunk.startswith(b"\n"):
            _refuse_carriage_return()
        if returns and returns - chunk.endswith(b"\r") != chunk.count(b"\r\n"):
            _refuse_carriage_return()

    def _measure_lines(self, chunk: bytes) -> None:
        self._newlines += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord("\n")))
        first = chunk.find(b"\n")
        if first < 0:
            self._open_line += len(chunk)
        else:
            self._longest_line = max(self._longest_line, self._open_line + first)
            self._open_line = len(chunk) - chunk.rfind(b"\n") - 1
        if max(self._longest_line, self._open_line) > MAX_LINE_BYTES:
            raise InputRefused(
                f"It holds a line longer than {MAX_LINE_BYTES >> 20} MiB; deliver smaller pages."
            )


def _refuse_carriage_return() -> None:
    raise InputRefused("It holds carriage returns that end no line; end lines with \\n or \\r\\n.")


def content_chunks(path: Path, compression: Compression) -> Iterator[bytes]:
    """The content of a file in buffers of at most READ_SIZE bytes."""
    with path.open("rb") as file:
        yield from _decompressed(file, compression)


def _decompressed(file: BinaryIO, compression: Compression) -> Iterator[bytes]:
    """The content in buffers of at most READ_SIZE bytes, every checksum verified at its end."""
    if compression == "gzip":
        yield from _gunzipped(file)
    elif compression == "zstd":
        yield from _unzstandarded(file)
    else:
        while chunk := file.read(READ_SIZE):
            yield chunk


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """All members of a gzip file; zlib itself checks CRC and length of each."""
    data = file.read(READ_SIZE)
    is_first = True
    while data:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            while not member.eof:
                chunk = member.decompress(data, READ_SIZE)
                if chunk:
                    is_first = False
                    yield chunk
                data = member.unconsumed_tail or (b"" if member.eof else file.read(READ_SIZE))
                if not (data or chunk or member.eof):
                    raise InputRefused("It is a truncated gzip file; deliver it again.")
        except zlib.error:
            what = "not a gzip file" if is_first else "a damaged gzip file, or followed by foreign bytes"
            raise InputRefused(f"It is {what}; deliver it again.") from None
        is_first = False
        data = member.unused_data or file.read(READ_SIZE)


def _unzstandarded(file: BinaryIO) -> Iterator[bytes]:
    """All frames of a zstd file; the library's stream reader would take a truncated one for whole."""
    data = file.read(ZSTD_STEP)
    is_first = True
    while data:
        frame = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW).decompressobj()
        try:
            while not frame.eof:
                if not data:
                    raise InputRefused("It is a truncated zstd file; deliver it again.")
                for chunk in _split(frame.decompress(data)):
                    is_first = False
                    yield chunk
                data = b"" if frame.eof else file.read(ZSTD_STEP)
        except zstandard.ZstdError:
            what = "not a zstd file" if is_first else "a damaged zstd file, or followed by foreign bytes"
            raise InputRefused(f"It is {what}; deliver it again.") from None
        is_first = False
        data = frame.unused_data or file.read(ZSTD_STEP)


def _split(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), READ_SIZE):
        yield content[start : start + READ_SIZE]
