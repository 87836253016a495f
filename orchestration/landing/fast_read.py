"""Large files of bare JSON records: read in pieces side by side, plain lines by a short way, others as ever.

Rows are those that record_reader.py would write. What a plain line is belongs to plain_rows_sql.py; a file
that must be seen as a whole to be read (pages, keys that occur twice) is given back.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.errors import RunFailed
from orchestration.landing import file_names, file_sql, key_sets, line_layout, plain_rows_sql, record_sql
from orchestration.landing.database import open_database_of_workers
from orchestration.landing.integrity import Content
from orchestration.landing.judgement_sql import DateBounds, Given
from orchestration.landing.line_layout import Layout
from orchestration.landing.record_sql import MAX_RECORD_BYTES
from orchestration.landing.segments import (
    SEGMENT_BYTES,
    LineTooLong,
    Segment,
    SegmentFile,
    files_in_memory_exist,
    first_lines,
    segments,
)
from orchestration.sources.base import Feed

WORKERS = 2
# Pieces read but not yet written: one in each worker's hands and one ready.
AHEAD = WORKERS + 1
# Rows that are put between slices of others; more of them are sorted in.
MAX_SLICES = 500
LEARNT_LINES = 300
LEARNT_BYTES = 1 << 20
_ARE_OBJECTS = """
select starts_with(ltrim(content), '{') and json_valid(content) from lines
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


@dataclass
class _Worker:
    """What reads one segment at a time."""

    connection: duckdb.DuckDBPyConnection
    # The statements for odd lines are long: planning them takes longer than running them.
    are_odd_prepared: bool = False

    def plain_rows(self, sql: str, lines: pa.Table) -> pa.Table | None:
        """The rows of some lines as plain_rows_sql has them; None unless each line holds one value."""
        rows = self._of_lines(sql, lines)
        pairs = lines.num_rows == rows.num_rows and not rows.column("is_read").null_count
        return rows if pairs else None

    def are_objects(self, lines: pa.Table) -> pa.ChunkedArray:
        """Which lines hold one JSON object, and nothing that would count as none or as several values."""
        return self._of_lines(_ARE_OBJECTS, lines).column(0)

    def _of_lines(self, sql: str, lines: pa.Table) -> pa.Table:
        self.connection.register("lines", lines)
        found = self.connection.execute(sql).to_arrow_table()
        self.connection.unregister("lines")
        return found


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
        *,
        longest_line: int,
    ) -> None:
        self._database = database
        self._feed = feed
        self._layout, self._given, self._bounds = layout, given, bounds
        self._longest_line = longest_line
        self.found = Found()
        self._failure: Exception | None = None
        self._is_stopped = False

    def write(self, path: Path, copy: str, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Write the landing rows of a file, in its order, by a statement that copies from `fast_rows`.

        Raises NeedsWholeFile, also midway, where the file is not for it.
        """
        with open_database_of_workers(self._database) as database:
            batches = self._batches(database, path, segment_bytes)
            try:
                first = next(batches)
                rows = pa.RecordBatchReader.from_batches(first.schema, itertools.chain([first], batches))
                database.register("fast_rows", rows)
                database.execute(copy)
            except duckdb.Error as error:
                # What is raised while DuckDB takes the batches comes back as the text of an error of its own.
                raise (self._failure or error) from None
            finally:
                batches.close()

    def stop(self) -> None:
        """Have the writing end with an error after the segments that are being read."""
        self._is_stopped = True

    def _batches(
        self, database: duckdb.DuckDBPyConnection, path: Path, segment_bytes: int
    ) -> Generator[pa.RecordBatch]:
        workers: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(WORKERS):
            workers.put(_Worker(database.cursor()))
        files = [SegmentFile(segment_bytes) for _ in range(AHEAD)]
        idle: SimpleQueue[SegmentFile] = SimpleQueue()
        for file in files:
            idle.put(file)
        running: deque[tuple[Segment, Future[_Piece]]] = deque()
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fast_read")
        try:
            for segment in segments(path, file_names.compression(path.name), idle):
                running.append((segment, pool.submit(self._read, workers, segment)))
                if len(running) == AHEAD:
                    yield from self._taken(running.popleft(), idle)
            while running:
                yield from self._taken(running.popleft(), idle)
        except LineTooLong:
            self._failure = NeedsWholeFile()
            raise self._failure from None
        except Exception as error:
            self._failure = error
            raise
        finally:
            # Nobody reads any more after this, so nobody misses what is closed.
            pool.shutdown(cancel_futures=True)
            for file in files:
                file.close()

    def _prepare_odd(self, worker: _Worker) -> None:
        worker.connection.execute("create temp table odd_lines (line bigint, content varchar)")
        odd = "select line, content from odd_lines"
        shape = file_sql.shape_sql(self._feed, odd, key_sets.top_level_sql(self._feed))
        rows = record_sql.json_rows_sql(
            self._feed, odd, self._given, self._bounds, is_paged=False, has_repeated_keys=False
        )
        worker.connection.execute(f"prepare odd_shape as {shape}")
        worker.connection.execute(f"prepare odd_rows as {rows}")
        worker.are_odd_prepared = True

    def _taken(
        self, read: tuple[Segment, Future[_Piece]], idle: SimpleQueue[SegmentFile]
    ) -> Iterator[pa.RecordBatch]:
        segment, future = read
        piece = future.result()
        if self._is_stopped:
            raise RunFailed("Landing was interrupted.")
        idle.put(segment.file)
        place = piece.rows.schema.get_field_index("record_line")
        lines = pc.add(piece.rows.column(place), self.found.line_count)
        self.found.add(piece)
        yield from piece.rows.set_column(place, piece.rows.schema.field(place), lines).to_batches()

    def _read(self, workers: SimpleQueue[_Worker], segment: Segment) -> _Piece:
        worker = workers.get()
        try:
            return self._piece(worker, segment)
        finally:
            workers.put(worker)

    def _piece(self, worker: _Worker, segment: Segment) -> _Piece:
        if (segment.is_first and segment.content[:3] == _BOM) or segment.is_odd():
            raise NeedsWholeFile
        lines = segment.table()
        line_count = lines.num_rows
        apart = lines.slice(line_count)
        sql = plain_rows_sql.plain_rows_sql(
            self._feed,
            self._layout,
            self._given,
            self._bounds,
            segment=segment.file.path,
            longest_line=self._longest_line,
        )
        rows = worker.plain_rows(sql, lines)
        if rows is None:
            is_object = worker.are_objects(lines)
            # Both are copies, so the file may change.
            apart, lines = lines.filter(pc.invert(is_object)), lines.filter(is_object)
            segment.file.replace(b"".join(lines.column("content").cast(pa.binary()).to_pylist()))
            rows = worker.plain_rows(sql, lines)
        if rows is None:
            raise NeedsWholeFile
        is_kept = rows.column("is_kept")
        rows = rows.drop_columns(["is_kept", "is_read"])
        keys = _keys_of_plain_lines(worker.connection, lines, is_kept.to_numpy())
        if apart.num_rows or not pc.all(is_kept).as_py():
            odd = pa.concat_tables([lines.filter(pc.invert(is_kept)), apart]).sort_by("line")
            return self._mended(worker, rows.filter(is_kept), odd, keys, line_count)
        count = rows.num_rows
        return _Piece(rows, line_count, count, count, last_is_valid=True, is_complete=True, top_level=keys)

    def _mended(
        self,
        worker: _Worker,
        plain: pa.Table,
        odd: pa.Table,
        plain_keys: tuple[tuple[tuple[str, ...], int], ...],
        line_count: int,
    ) -> _Piece:
        """The plain rows with those of the other lines among them."""
        if not worker.are_odd_prepared:
            self._prepare_odd(worker)
        connection = worker.connection
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
        # Blank lines after the last value leave that value the last one.
        last_is_odd = shape["value_count"] > 0
        if others.num_rows and plain.num_rows:
            last_is_odd = others["record_line"][-1].as_py() > plain["record_line"][-1].as_py()
        return _Piece(
            _merged(plain, others),
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


def _merged(plain: pa.Table, others: pa.Table) -> pa.Table:
    """The rows of both in the order of their lines; each has its own in order."""
    lines = plain.column("record_line").to_numpy()
    places = np.searchsorted(lines, others.column("record_line").to_numpy())
    if len(places) > MAX_SLICES:
        order = np.insert(np.arange(len(lines)), places, len(lines) + np.arange(len(places)))
        return pa.concat_tables([plain, others]).take(pa.array(order))
    # Few of them are put between slices, so that no row is copied.
    slices = []
    start = 0
    for number, place in enumerate(places):
        slices += [plain.slice(start, place - start), others.slice(number, 1)]
        start = place
    return pa.concat_tables([*slices, plain.slice(start)])


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
    if content.longest_line > MAX_RECORD_BYTES or not files_in_memory_exist():
        return None
    first = first_lines(path, file_names.compression(path.name), LEARNT_BYTES)
    lines = first.decode("utf-8", errors="replace").split("\n")[:LEARNT_LINES]
    layout = line_layout.learn(lines, plain_rows_sql.opened_objects(feed))
    return layout if layout and plain_rows_sql.suits(feed, layout) else None
