"""The content of a large file in pieces of whole lines, as Arrow tables: each line with its number.

Nothing is parsed here; what a line says belongs to the SQL that reads a piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from orchestration.landing import integrity
from orchestration.landing.file_names import Compression

SEGMENT_BYTES = 16 << 20


@dataclass(frozen=True)
class Segment:
    """Some whole lines of a file with their line ends."""

    content: bytes
    is_first: bool

    def table(self) -> pa.Table:
        """The lines as a table: line (1-based), content with its line end. The text is not copied."""
        ends = np.flatnonzero(np.frombuffer(self.content, np.uint8) == ord("\n")) + 1
        if not self.content.endswith(b"\n"):
            ends = np.append(ends, len(self.content))
        count = len(ends)
        offsets = np.zeros(count + 1, np.int32)
        offsets[1:] = ends
        texts = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(self.content))
        lines = np.arange(1, count + 1, dtype=np.int64)
        return pa.table({"line": lines, "content": texts})


def segments(path: Path, compression: Compression, size: int = SEGMENT_BYTES) -> Iterator[Segment]:
    """The content of a file, cut at line ends into pieces of about this size."""
    is_first = True
    rest = b""
    for block in _blocks(path, compression, size):
        end = block.rfind(b"\n") + 1
        if end == 0:
            rest += block
            continue
        content = rest + memoryview(block)[:end] if rest else block[:end]
        rest = block[end:]
        yield Segment(content, is_first)
        is_first = False
    if rest:
        yield Segment(rest, is_first)


def _blocks(path: Path, compression: Compression, size: int) -> Iterator[bytes]:
    """The content in blocks of about this size, wherever its lines end."""
    if compression == "none":
        with path.open("rb") as file:
            while block := file.read(size):
                yield block
        return
    chunks: list[bytes] = []
    held = 0
    for chunk in integrity.content_chunks(path, compression):
        chunks.append(chunk)
        held += len(chunk)
        if held >= size:
            yield b"".join(chunks)
            chunks, held = [], 0
    yield b"".join(chunks)
