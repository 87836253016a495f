"""The content of a large file in pieces of whole lines, as Arrow tables: each line with its number.

Nothing is parsed here; what a line says belongs to the SQL that reads a piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.landing import integrity
from orchestration.landing.file_names import Compression

SEGMENT_BYTES = 16 << 20
BLOCK_BYTES = 256 << 10


@dataclass(frozen=True)
class Segment:
    """Some whole lines of a file with their line ends."""

    content: bytes
    is_first: bool

    def table(self) -> pa.Table:
        """The lines as a table: line (1-based), content with its line end. The text is not copied."""
        ends = _line_ends(self.content)
        count = len(ends)
        offsets = np.zeros(count + 1, np.int32)
        offsets[1:] = ends
        texts = pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(self.content))
        lines = np.arange(1, count + 1, dtype=np.int64)
        return pa.table({"line": lines, "content": texts})


def _line_ends(content: bytes) -> Any:
    """Where the lines end, the last with or without a line feed."""
    letters = np.frombuffer(content, np.uint8)
    # In blocks that the processor's own memory holds.
    ends = [
        np.flatnonzero(letters[start : start + BLOCK_BYTES] == ord("\n")) + (start + 1)
        for start in range(0, len(content), BLOCK_BYTES)
    ]
    last = [] if content.endswith(b"\n") else [len(content)]
    return np.concatenate([*ends, np.array(last, np.int64)])


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
