"""The content of a large file in pieces of whole lines, each in a file in memory that is filled anew.

Nothing is parsed here; what a line says belongs to the SQL that reads a piece.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.landing import integrity
from orchestration.landing.file_names import Compression

SEGMENT_BYTES = 64 << 20
# What the processor's own memory holds while it is looked through.
BLOCK_BYTES = 256 << 10
# Line ends of another kind, and what the reader of small files takes its own way.
_ODD_BYTES = (ord("\r"), 0)


def files_in_memory_exist() -> bool:
    """Whether this kernel has files that lie on no disk; Linux does."""
    return hasattr(os, "memfd_create")


class LineTooLong(Exception):
    """A line does not fit into a segment."""


class SegmentFile:
    """Room for one segment at a time, read as memory and, by its `path` within this process, as a file.

    The memory is kept from one segment to the next: to be given new one is as dear as to read into it.
    """

    def __init__(self, capacity: int) -> None:
        self._descriptor = os.memfd_create("segment")
        self._capacity = capacity
        os.ftruncate(self._descriptor, capacity)
        self.path = f"/proc/self/fd/{self._descriptor}"
        self.memory = memoryview(mmap.mmap(self._descriptor, capacity))

    def open(self) -> None:
        """Make room for its whole capacity."""
        os.ftruncate(self._descriptor, self._capacity)

    def cut(self, size: int) -> None:
        """Let it end after this many bytes."""
        os.ftruncate(self._descriptor, size)

    def replace(self, content: bytes) -> None:
        """Hold this instead, which is no longer than what it held."""
        self.memory[: len(content)] = content
        self.cut(len(content))

    def close(self) -> None:
        """Give the file back; the memory goes with the last who looks at it."""
        os.close(self._descriptor)


@dataclass(frozen=True)
class Segment:
    """Some whole lines of a file with their line ends, in a file in memory."""

    file: SegmentFile
    size: int
    is_first: bool

    @property
    def content(self) -> memoryview:
        """Its bytes, as long as the file holds them."""
        return self.file.memory[: self.size]

    def is_odd(self) -> bool:
        """Whether it holds a byte that the reader of small files takes its own way."""
        return any(bool((block == byte).any()) for _, block in self._blocks() for byte in _ODD_BYTES)

    def table(self) -> pa.Table:
        """The lines as a table: line (1-based), content with its line end. The text is not copied."""
        ends = [np.flatnonzero(block == ord("\n")) + (start + 1) for start, block in self._blocks()]
        last = [] if self.content[-1] == ord("\n") else [self.size]
        offsets = np.concatenate([[0], *ends, last]).astype(np.int32)
        count = len(offsets) - 1
        texts = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(self.content))
        return pa.table({"line": np.arange(1, count + 1, dtype=np.int64), "content": texts})

    def _blocks(self) -> Iterator[tuple[int, Any]]:
        letters = np.frombuffer(self.content, np.uint8)
        for start in range(0, self.size, BLOCK_BYTES):
            yield start, letters[start : start + BLOCK_BYTES]


def segments(path: Path, compression: Compression, idle: SimpleQueue[SegmentFile]) -> Iterator[Segment]:
    """The content of a file, cut at line ends into as much as an idle file in memory holds.

    Raises LineTooLong where that is less than a line.
    """
    reader = _Reader(path, compression)
    rest = b""
    is_first = True
    while not reader.is_at_end:
        file = idle.get()
        file.open()
        file.memory[: len(rest)] = rest
        filled = reader.fill(file.memory, len(rest))
        end = filled if reader.is_at_end else _end_of_lines(file.memory, filled)
        rest = bytes(file.memory[end:filled])
        file.cut(end)
        if end:
            yield Segment(file, end, is_first)
        else:
            idle.put(file)
        is_first = False


def first_lines(path: Path, compression: Compression, size: int) -> bytes:
    """The first bytes of the content, up to the last line end among them if there is one."""
    memory = memoryview(bytearray(size))
    reader = _Reader(path, compression)
    filled = reader.fill(memory, 0)
    return bytes(memory[: filled if reader.is_at_end else (bytes(memory).rfind(b"\n") + 1 or filled)])


class _Reader:
    """Fills memory with the content of a file from where it stopped the last time."""

    def __init__(self, path: Path, compression: Compression) -> None:
        self._file = path.open("rb") if compression == "none" else None
        self._chunks = iter(()) if self._file else integrity.content_chunks(path, compression)
        self._held = b""
        self.is_at_end = False

    def fill(self, memory: memoryview, start: int) -> int:
        """Read to the end of the memory, or of the file; how much of it is filled."""
        while start < len(memory):
            taken = self._take(memory[start:])
            if not taken:
                self.is_at_end = True
                if self._file:
                    self._file.close()
                break
            start += taken
        return start

    def _take(self, memory: memoryview) -> int:
        if self._file:
            return self._file.readinto(memory)
        self._held = self._held or next(self._chunks, b"")
        taken = min(len(memory), len(self._held))
        memory[:taken] = self._held[:taken]
        self._held = self._held[taken:]
        return taken


def _end_of_lines(memory: memoryview, filled: int) -> int:
    """Where the last whole line ends."""
    letters = np.frombuffer(memory, np.uint8)
    for start in range(filled, 0, -BLOCK_BYTES):
        begin = max(0, start - BLOCK_BYTES)
        ends = np.flatnonzero(letters[begin:start] == ord("\n"))
        if len(ends):
            return begin + int(ends[-1]) + 1
    raise LineTooLong
