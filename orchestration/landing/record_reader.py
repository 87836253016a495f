"""Runs the landing SQL: from a verified file of the inbox to a Parquet file of typed rows, in DuckDB alone.

The SQL itself belongs to record_sql; when a file is read and what becomes of the Parquet file, to landing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import InputRefused
from orchestration.landing import coverage_sql, drift, fast_read, file_names, file_sql, key_sets, record_sql
from orchestration.landing.csv_header import read_header
from orchestration.landing.drift import DriftedFormat, KeyDrift
from orchestration.landing.fast_read import FastReader, NeedsWholeFile
from orchestration.landing.integrity import Content
from orchestration.landing.judgement_sql import DateBounds, Given
from orchestration.landing.segments import SEGMENT_BYTES
from orchestration.landing.value_sql import literal
from orchestration.sources.base import Feed

# Files up to this size go through a table in memory and statements prepared once per feed: planning the SQL
# takes longer than running it on a small file. Larger ones are streamed, so that memory stays bounded.
BUFFERED_BYTES = 8 << 20
MAX_DOCUMENT_BYTES = 256 << 20
NO_JSON = "It is not valid JSON, neither as a whole nor line by line; deliver it again."
CUT_SHORT = "It ends in the middle of a record, so it is cut short or still being written; deliver it whole."

_BUFFER = "select line, content from line_buffer"
_COPY = "(format parquet, compression zstd)"
# Names and ids of millions of requests are not worth a dictionary, nor the higher levels of compression.
_FAST_COPY = """(
    format parquet, compression zstd, compression_level 1, parquet_version v2, dictionary_size_limit 5000,
    write_bloom_filter false
)"""
_COUNT = "select activity_date, count(*), count(reject_reason) from {rows} group by 1 order by 1"
_REASONS = "select reject_reason, count(*) from {rows} where reject_reason is not null group by 1"
_LAST = "select arg_max(coalesce(reject_reason, ''), record_line) from {rows}"


@dataclass(frozen=True)
class Counted:
    """Records written, rejected ones among them, per activity date; `is_complete`: a last page was there.

    `covered`: first and last day that the envelopes say the file answers for, if they do.
    `drift`: keys that are not as the feed declares them.
    """

    record_count: int
    rejected_count: int
    dates: dict[date | None, int]
    is_complete: bool
    covered: tuple[date, date] | None = None
    drift: tuple[KeyDrift, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """How one file is read: a name for its statements, and SQL of its rows from lines and given values."""

    key: str
    rows: Callable[[str, Given], str]
    is_complete: bool
    # Whether a last row of another width than the header means that the file was cut.
    may_be_cut: bool
    covered: tuple[date, date] | None = None
    unknown_columns: tuple[str, ...] = ()
    is_json: bool = True
    is_paged: bool = False
    # Sets of unknown keys at the top level of bare records, each with its count.
    top_level: tuple[tuple[tuple[str, ...], int], ...] = ()


class RecordReader:
    """Reads one file at a time over a connection of its own, whose tables and statements nobody shares."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        bounds: DateBounds,
        *,
        buffered_bytes: int = BUFFERED_BYTES,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        self._bounds = bounds
        self._buffered_bytes = buffered_bytes
        self._segment_bytes = segment_bytes
        self._tables: dict[str, str] = {}
        # By name: how many tables there were when it was prepared.
        self._prepared: dict[str, int] = {}
        self._database = connection
        self._fast: FastReader | None = None
        self._database.execute("set enable_progress_bar = false")
        self._database.execute("create temp table line_buffer (line bigint, content varchar)")
        self._database.execute("create temp table document (content varchar)")

    def write(
        self,
        feed: Feed,
        path: Path,
        content: Content,
        parquet: Path,
        *,
        delivery_id: str,
        named_date: date | None,
    ) -> Counted:
        """Write one row per record of the file to `parquet`, in the order of the file.

        Raises InputRefused where the file as a whole is no delivery of this feed, DriftedFormat where its
        format is not the declared one any more, duckdb.Error (whose text may quote a line) where it cannot be
        read.
        """
        lines = file_sql.lines_sql(path, file_names.compression(path.name), content)
        is_buffered = content.size <= self._buffered_bytes
        if not is_buffered:
            given = Given.literally(delivery_id, named_date)
            counted = self._write_fast(feed, path, content, parquet, given=given, lines=lines)
            if counted is not None:
                return counted
        try:
            if is_buffered:
                self._database.execute(f"insert into line_buffer {lines}")
                lines = _BUFFER
            if feed.reads_csv and not content.first_line.startswith(("{", "[")):
                reading = self._csv_reading(feed, content, lines)
            else:
                reading, is_document = self._json_reading(feed, content, lines)
                if is_document:
                    is_buffered, lines = True, _BUFFER
            if is_buffered:
                rows = self._fill_rows(feed, reading, delivery_id, named_date)
                self._copy(rows, parquet)
            else:
                self._copy(f"({reading.rows(lines, Given.literally(delivery_id, named_date))})", parquet)
                rows = f"read_parquet({literal(file_sql.glob_escaped(parquet))})"
            new_keys = self._new_keys(feed, reading, lines)
            return self._count(feed, reading, rows, new_keys)
        finally:
            self._database.execute("truncate line_buffer")

    def _write_fast(
        self, feed: Feed, path: Path, content: Content, parquet: Path, *, given: Given, lines: str
    ) -> Counted | None:
        """Read a large file in pieces; None if it must be read as a whole."""
        layout = fast_read.layout_of(feed, path, content)
        if layout is None:
            return None
        reader = FastReader(
            self._database, feed, layout, given, self._bounds, longest_line=content.longest_line
        )
        self._fast = reader
        try:
            reader.write(path, _copy_sql("fast_rows", parquet, _FAST_COPY), self._segment_bytes)
        except NeedsWholeFile:
            return None
        finally:
            self._fast = None
        found = reader.found
        if found.valid_count * 2 < found.value_count:
            raise InputRefused(NO_JSON)
        if not found.last_is_valid and not content.ends_with_newline:
            raise InputRefused(CUT_SHORT)
        reading = _Reading(
            "",
            lambda lines, given: lines,
            is_complete=found.is_complete,
            may_be_cut=False,
            top_level=tuple(found.top_level.items()),
        )
        rows_written = f"read_parquet({literal(file_sql.glob_escaped(parquet))})"
        return self._count(feed, reading, rows_written, self._new_keys(feed, reading, lines))

    def interrupt(self) -> None:
        """Have what is being read end with an error; called from another thread."""
        if self._fast:
            self._fast.stop()
        self._database.interrupt()

    def _copy(self, rows: str, parquet: Path) -> None:
        self._database.execute(_copy_sql(rows, parquet, _COPY))

    def _fill_rows(self, feed: Feed, reading: _Reading, delivery_id: str, named_date: date | None) -> str:
        """Put the rows of the buffered lines into the table of this kind of reading; returns its name."""
        table = self._tables.get(reading.key)
        if table is None:
            table = f"rows_{len(self._tables)}"
            empty = reading.rows(_BUFFER, Given.literally("", None))
            self._database.execute(f"create temp table {table} as {empty} limit 0")
            self._tables[reading.key] = table
        fill = f"fill_{table}"
        self._prepare(fill, lambda: f"insert into {table} {reading.rows(_BUFFER, Given())}")
        self._database.execute(f"truncate {table}")
        given = [literal(delivery_id)]
        if feed.date_field is None:
            given.append("NULL" if named_date is None else f"DATE '{named_date}'")
        self._database.execute(f"execute {fill}({', '.join(given)})")
        return table

    def _prepare(self, statement: str, sql: Callable[[], str]) -> None:
        """Prepare a statement unless it is; anew after a table was made, or DuckDB plans it at each use."""
        if self._prepared.get(statement) != len(self._tables):
            self._database.execute(f"prepare {statement} as {sql()}")
            self._prepared[statement] = len(self._tables)

    def _new_keys(self, feed: Feed, reading: _Reading, lines: str) -> tuple[KeyDrift, ...]:
        """Keys of the file's objects that its feed does not know."""
        found = drift.new_keys(feed, key_sets.RECORD, reading.top_level)
        containers = key_sets.sampled_containers(feed, is_paged=reading.is_paged)
        if not (reading.is_json and containers):
            return found
        sql = functools.partial(key_sets.key_sets_sql, feed, lines, is_paged=reading.is_paged)
        if lines == _BUFFER:
            statement = f"keys_{feed.source}_{feed.name}_{reading.is_paged}"
            self._prepare(statement, sql)
            rows = self._database.execute(f"execute {statement}").fetchall()
        else:
            rows = self._database.execute(sql()).fetchall()
        for place, container in enumerate(containers):
            found += drift.new_keys(feed, container, [(row[place], row[-1]) for row in rows])
        return found

    def _count(self, feed: Feed, reading: _Reading, rows: str, new_keys: tuple[KeyDrift, ...]) -> Counted:
        counts = self._database.execute(_COUNT.format(rows=rows)).fetchall()
        dates = {row[0]: row[1] for row in counts}
        if feed.empty_means and not dates:
            raise InputRefused(f"Refused because {feed.empty_means}; deliver the whole snapshot.")
        if reading.may_be_cut:
            last = self._database.execute(_LAST.format(rows=rows)).fetchone()
            if last is not None and last[0] == record_sql.NOT_A_ROW:
                raise InputRefused(CUT_SHORT)
        record_count, rejected_count = sum(dates.values()), sum(row[2] for row in counts)
        found = new_keys + drift.drift_of_header(reading.unknown_columns, record_count)
        if rejected_count:
            reasons = dict(self._database.execute(_REASONS.format(rows=rows)).fetchall())
            found += drift.drift_of_reasons(feed, reasons)
            frozen = drift.freezing_reason(feed, record_count, reasons)
            if frozen is not None:
                raise DriftedFormat(frozen, record_count, found)
        return Counted(
            record_count=record_count,
            rejected_count=rejected_count,
            dates=dates,
            is_complete=reading.is_complete,
            covered=reading.covered,
            drift=found,
        )

    def _csv_reading(self, feed: Feed, content: Content, lines: str) -> _Reading:
        header_line = content.blank_lines + 1
        filled = f"line > {header_line} and ltrim(content, {file_sql.SPACE}) <> ''"

        def record_count() -> int:
            count = self._one_row(f"select count(*) as row_count from ({lines}) where {filled}")["row_count"]
            return int(count)

        header = read_header(feed, content.first_line, record_count)

        def rows(lines: str, given: Given) -> str:
            return record_sql.csv_rows_sql(
                feed, lines, given, self._bounds, header_line=header_line, columns=header.columns
            )

        return _Reading(
            key=f"{feed.folder} csv {header_line} {header.columns}",
            rows=rows,
            is_complete=True,
            may_be_cut=not content.ends_with_newline,
            unknown_columns=header.unknown,
            is_json=False,
        )

    def _json_reading(self, feed: Feed, content: Content, lines: str) -> tuple[_Reading, bool]:
        """How the JSON values lie in the file; whether it was one document, which is in the buffer now."""
        shape = self._shape(feed, lines)
        if shape["line_count"] != content.line_count:
            raise InputRefused("Its lines cannot be told apart; deliver it again with one record a line.")
        is_document = False
        if not shape["first_is_valid"] and shape["value_count"] > 1 and content.size <= MAX_DOCUMENT_BYTES:
            whole = self._document_shape(feed, lines)
            if whole["first_is_valid"]:
                shape, is_document = whole, True
        if shape["valid_count"] * 2 < shape["value_count"]:
            raise InputRefused(NO_JSON)
        if not shape["last_is_valid"] and not content.ends_with_newline:
            raise InputRefused(CUT_SHORT)
        is_paged, has_repeated_keys = bool(shape["is_paged"]), bool(shape["has_repeated_keys"])

        def rows(source: str, given: Given) -> str:
            return record_sql.json_rows_sql(
                feed, source, given, self._bounds, is_paged=is_paged, has_repeated_keys=has_repeated_keys
            )

        key = f"{feed.folder} json {is_paged} {has_repeated_keys}"
        top_level = (
            ()
            if is_paged
            else tuple((one["keys"], one["record_count"]) for one in shape["unknown_keys"] or ())
        )
        reading = _Reading(
            key,
            rows,
            is_complete=bool(shape["is_complete"]),
            may_be_cut=False,
            is_paged=is_paged,
            top_level=top_level,
            covered=self._covered(feed, _BUFFER if is_document else lines),
        )
        return reading, is_document

    def _covered(self, feed: Feed, lines: str) -> tuple[date, date] | None:
        if feed.covered is None:
            return None
        query = coverage_sql.covered_sql(feed.covered, lines)
        if lines == _BUFFER:
            statement = f"covered_{feed.source}_{feed.name}"
            self._prepare(statement, lambda: query)
            query = f"execute {statement}"
        days = self._one_row(query)
        return (days["covers_from"], days["covers_to"]) if days["covers_from"] else None

    def _shape(self, feed: Feed, lines: str) -> dict[str, Any]:
        if lines != _BUFFER:
            return self._one_row(file_sql.shape_sql(feed, lines, key_sets.top_level_sql(feed)))
        shape = f"shape_{feed.source}_{feed.name}"
        self._prepare(shape, lambda: file_sql.shape_sql(feed, lines, key_sets.top_level_sql(feed)))
        return self._one_row(f"execute {shape}")

    def _document_shape(self, feed: Feed, lines: str) -> dict[str, Any]:
        """The shape of all lines taken as one; if they are one JSON value, the buffer holds it afterwards."""
        self._database.execute("truncate document")
        self._database.execute(
            f"insert into document select string_agg(content, chr(10) order by line) from ({lines})"
        )
        document = self._one_row(
            file_sql.shape_sql(feed, "select 1 as line, content from document", key_sets.top_level_sql(feed))
        )
        if document["first_is_valid"]:
            self._database.execute("truncate line_buffer")
            self._database.execute("insert into line_buffer select 1, content from document")
        self._database.execute("truncate document")
        return document

    def _one_row(self, query: str) -> dict[str, Any]:
        cursor = self._database.execute(query)
        row = cursor.fetchone() or ()
        return dict(zip([column[0] for column in cursor.description or []], row, strict=True))


def _copy_sql(rows: str, parquet: Path, how: str) -> str:
    return f"copy {rows} to {literal(str(parquet))} {how}"


def is_small(content: Content) -> bool:
    """Whether a file is read by way of memory, where several have room at once."""
    return content.size <= BUFFERED_BYTES
