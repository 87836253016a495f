"""Large files of bare JSON records: read in pieces side by side, plain lines by a short way, others as ever.

Rows are those that record_reader.py would write. What a plain line is belongs to plain_rows_sql.py; a file
that must be seen as a whole to be read (pages, keys that occur twice) is given back.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.landing import file_names, file_sql, key_sets, line_layout, plain_rows_sql, record_sql
from orchestration.landing.database import open_database_of_workers
from orchestration.landing.integrity import Content
from orchestration.landing.judgement_sql import DateBounds, Given
from orchestration.landing.line_layout import Layout
from orchestration.landing.record_sql import MAX_RECORD_BYTES
from orchestration.landing.segments import SEGMENT_BYTES, Segment, segments
from orchestration.sources.base import Feed

WORKERS = 2
# Pieces read but not yet written: one in each worker's hands and one ready.
AHEAD = WORKERS + 1
LEARNT_LINES = 300
# Line ends of another kind, and what the reader of small files takes its own way.
ODD_BYTES = (b"\r", b"\x00")
_ARE_OBJECTS = f"""
select starts_with(ltrim(content), '{{') and strlen(content) <= {MAX_RECORD_BYTES} and json_valid(content)
from lines
"""
_BOM = b"\xef\xbb\xbf"


class NeedsWholeFile(Exception):
    """The file is not one of bare records of one layout; it is to be read as a whole."""


@dataclass(frozen=True)
class _Piece:
    """The rows of a segment, their lines counted from 1, and what its JSON values are like."""

    rows: pa.Table
    line_count: int
    value_count: int
    valid_count: int
    last_is_valid: bool
    is_complete: bool
    # Sets of keys at the top level, each with its count; of lines read the strict way the unknown ones alone.
    top_level: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True)
class _Worker:
    """What reads one segment at a time, from a file in memory, as DuckDB reads JSON from files."""

    connection: duckdb.DuckDBPyConnection
    descriptor: int
    plain_rows_sql: str

    def plain_rows(self, content: bytes, lines: pa.Table) -> pa.Table | None:
        """The rows of some lines as plain_rows_sql has them; None unless each line holds one value."""
        os.ftruncate(self.descriptor, 0)
        _write_whole(self.descriptor, content)
        self.connection.register("lines", lines)
        rows = self.connection.execute(self.plain_rows_sql).to_arrow_table()
        self.connection.unregister("lines")
        pairs = lines.num_rows == rows.num_rows and not rows.column("is_read").null_count
        return rows if pairs else None

    def are_objects(self, lines: pa.Table) -> pa.ChunkedArray:
        """Which lines hold one JSON object, and nothing that would count as none or as several values."""
        self.connection.register("lines", lines)
        found = self.connection.execute(_ARE_OBJECTS).to_arrow_table()
        self.connection.unregister("lines")
        return found.column(0)

    def close(self) -> None:
        self.connection.close()
        os.close(self.descriptor)


def _write_whole(descriptor: int, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, memoryview(content)[written:], written)


@dataclass
class Found:
    """What the JSON values of a file turned out to be like, once it is read."""

    line_count: int = 0
    value_count: int = 0
    valid_count: int = 0
    last_is_valid: bool = True
    is_complete: bool = True
    top_level: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, piece: _Piece) -> None:
        """Count a piece; they come in the order of the file."""
        self.line_count += piece.line_count
        self.value_count += piece.value_count
        self.valid_count += piece.valid_count
        if piece.value_count:
            self.last_is_valid, self.is_complete = piece.last_is_valid, piece.is_complete
        for keys, count in piece.top_level:
            self.top_level[keys] = self.top_level.get(keys, 0) + count


class FastReader:
    """Reads one large file; `found` is complete when its rows have been taken to the end."""

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        feed: Feed,
        layout: Layout,
        given: Given,
        bounds: DateBounds,
    ) -> None:
        self._database = database
        self._feed = feed
        self._layout, self._given, self._bounds = layout, given, bounds
        self.found = Found()
        self.failure: Exception | None = None

    def batches(self, path: Path, segment_bytes: int = SEGMENT_BYTES) -> Iterator[pa.RecordBatch]:
        """The landing rows of a file in its order; raises NeedsWholeFile midway where it is not for it.

        What it raises is kept in `failure`: a database that takes the batches passes on no more than a text.
        """
        try:
            yield from self._batches(path, segment_bytes)
        except Exception as error:
            self.failure = error
            raise

    def _batches(self, path: Path, segment_bytes: int) -> Iterator[pa.RecordBatch]:
        database = open_database_of_workers(self._database)
        own = [self._worker(database) for _ in range(WORKERS)]
        idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in own:
            idle.put(worker)
        running: deque[Future[_Piece]] = deque()
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="fast_read") as pool:
            try:
                for segment in segments(path, file_names.compression(path.name), segment_bytes):
                    running.append(pool.submit(self._read, idle, segment))
                    if len(running) >= AHEAD:
                        yield from self._taken(running.popleft())
                while running:
                    yield from self._taken(running.popleft())
            finally:
                for future in running:
                    future.cancel()
                # Nobody reads any more here, so nobody misses what is closed.
                pool.shutdown()
                for worker in own:
                    worker.close()
                database.close()

    def _worker(self, database: duckdb.DuckDBPyConnection) -> _Worker:
        connection = database.cursor()
        # Prepared once: planning them takes longer than the few lines they are for.
        connection.execute("create temp table odd_lines (line bigint, content varchar)")
        odd = "select line, content from odd_lines"
        shape = file_sql.shape_sql(self._feed, odd, key_sets.top_level_sql(self._feed))
        rows = record_sql.json_rows_sql(
            self._feed, odd, self._given, self._bounds, is_paged=False, has_repeated_keys=False
        )
        connection.execute(f"prepare odd_shape as {shape}")
        connection.execute(f"prepare odd_rows as {rows}")
        descriptor = os.memfd_create("segment")
        file = f"/proc/self/fd/{descriptor}"
        sql = plain_rows_sql.plain_rows_sql(self._feed, self._layout, file, self._given, self._bounds)
        return _Worker(connection, descriptor, sql)

    def _taken(self, future: Future[_Piece]) -> Iterator[pa.RecordBatch]:
        piece = future.result()
        place = piece.rows.schema.get_field_index("record_line")
        lines = pc.add(piece.rows.column(place), self.found.line_count)
        self.found.add(piece)
        yield from piece.rows.set_column(place, piece.rows.schema.field(place), lines).to_batches()

    def _read(self, idle: SimpleQueue[_Worker], segment: Segment) -> _Piece:
        worker = idle.get()
        try:
            return self._piece(worker, segment)
        finally:
            idle.put(worker)

    def _piece(self, worker: _Worker, segment: Segment) -> _Piece:
        if segment.is_first and segment.content.startswith(_BOM):
            raise NeedsWholeFile
        if any(byte in segment.content for byte in ODD_BYTES):
            raise NeedsWholeFile
        lines = segment.table()
        line_count = lines.num_rows
        apart = lines.slice(line_count)
        rows = worker.plain_rows(segment.content, lines)
        if rows is None:
            is_object = worker.are_objects(lines)
            apart, lines = lines.filter(pc.invert(is_object)), lines.filter(is_object)
            rows = worker.plain_rows(b"".join(lines.column("content").cast(pa.binary()).to_pylist()), lines)
        if rows is None:
            raise NeedsWholeFile
        is_kept = rows.column("is_kept")
        rows = rows.drop_columns(["is_kept", "is_read"])
        keys = _keys_of_plain_lines(worker.connection, lines, is_kept.to_numpy())
        if apart.num_rows or not pc.all(is_kept).as_py():
            odd = pa.concat_tables([lines.filter(pc.invert(is_kept)), apart]).sort_by("line")
            return self._mended(worker.connection, rows.filter(is_kept), odd, keys, line_count)
        count = rows.num_rows
        return _Piece(rows, line_count, count, count, last_is_valid=True, is_complete=True, top_level=keys)

    def _mended(
        self,
        connection: duckdb.DuckDBPyConnection,
        plain: pa.Table,
        odd: pa.Table,
        plain_keys: tuple[tuple[tuple[str, ...], int], ...],
        line_count: int,
    ) -> _Piece:
        """The plain rows with those of the other lines among them."""
        connection.register("odd", odd)
        connection.execute("truncate odd_lines")
        connection.execute("insert into odd_lines select line, rtrim(content, chr(10)) from odd")
        connection.unregister("odd")
        cursor = connection.execute("execute odd_shape")
        shape: dict[str, Any] = dict(
            zip([column[0] for column in cursor.description or []], cursor.fetchone() or (), strict=True)
        )
        if shape["is_paged"] or shape["has_repeated_keys"]:
            raise NeedsWholeFile
        others = connection.execute("execute odd_rows").to_arrow_table().cast(plain.schema)
        rows = pa.concat_tables([plain, others])
        order = np.argsort(rows.column("record_line").to_numpy(), kind="stable")
        # Blank lines after the last value leave that value the last one.
        last_is_odd = shape["value_count"] > 0
        if others.num_rows and plain.num_rows:
            last_is_odd = others["record_line"][-1].as_py() > plain["record_line"][-1].as_py()
        return _Piece(
            rows.take(pa.array(order)),
            line_count,
            plain.num_rows + shape["value_count"],
            plain.num_rows + shape["valid_count"],
            last_is_valid=shape["last_is_valid"] if last_is_odd else True,
            is_complete=shape["is_complete"] if last_is_odd else True,
            top_level=(
                *plain_keys,
                *((tuple(one["keys"]), one["record_count"]) for one in shape["unknown_keys"] or ()),
            ),
        )


def _keys_of_plain_lines(
    connection: duckdb.DuckDBPyConnection, lines: pa.Table, kept: Any
) -> tuple[tuple[tuple[str, ...], int], ...]:
    """The keys of the lines of the layout, which are those of each of them, and how many lines there are.

    DuckDB looks for them, as a value may be nested too deep for Python.
    """
    if not kept.any():
        return ()
    first = lines.column("content")[int(np.argmax(kept))].as_py()
    (keys,) = connection.execute("select json_keys($line)", {"line": first}).fetchone() or ((),)
    return ((tuple(sorted(keys)), int(kept.sum())),)


def layout_of(feed: Feed, path: Path, content: Content) -> Layout | None:
    """The layout of the lines of a file, if it is one that can be read in pieces."""
    if not plain_rows_sql.is_told_by_lines(feed) or not content.first_line.startswith("{"):
        return None
    first = next(iter(segments(path, file_names.compression(path.name), size=1 << 20)), None)
    if first is None:
        return None
    lines = first.content.decode("utf-8", errors="replace").split("\n")[:LEARNT_LINES]
    layout = line_layout.learn(lines, plain_rows_sql.opened_objects(feed))
    return layout if layout and plain_rows_sql.suits(feed, layout) else None
