"""One file read both ways: strictly as a small one, in pieces as a large one. For tests of landing only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import InputRefused
from orchestration.landing import file_names, integrity
from orchestration.landing.judgement_sql import DateBounds
from orchestration.landing.record_reader import Counted, RecordReader
from orchestration.sources.base import Feed

BOUNDS = DateBounds(date(2024, 1, 1), date(2026, 3, 31))

# What was counted, the columns with their types, the rows; or the sentence of a refusal.
Landed = tuple[Counted, list[Any], list[Any]] | str


def strict_reader(database: duckdb.DuckDBPyConnection) -> RecordReader:
    """Reads every file of a test as a small one."""
    return RecordReader(database.cursor(), BOUNDS)


def fast_reader(database: duckdb.DuckDBPyConnection, segment_bytes: int) -> RecordReader:
    """Reads every file as a large one, in pieces of this size."""
    return RecordReader(database.cursor(), BOUNDS, buffered_bytes=0, segment_bytes=segment_bytes)


def landed(reader: RecordReader, feed: Feed, path: Path) -> Landed:
    """What the reader makes of a file; its Parquet file lies beside it afterwards."""
    parquet = path.with_suffix(f".{id(reader)}.parquet")
    try:
        content = integrity.inspect(path, file_names.compression(path.name))
        counted = reader.write(feed, path, content, parquet, delivery_id="0123456789abcdef", named_date=None)
    except InputRefused as refused:
        return str(refused)
    with duckdb.connect() as own:
        rows = own.execute(f"select * from read_parquet('{parquet}')")
        columns = [column[:2] for column in rows.description or []]
        return counted, columns, rows.fetchall()


def is_fast(path: Path) -> bool:
    """Whether one of the two Parquet files beside it is of the version that only the short way writes."""
    with duckdb.connect() as own:
        files = f"parquet_file_metadata('{path.parent}/{path.stem}.*.parquet')"
        return own.execute(f"select format_version from {files} where format_version > 1").fetchall() == [
            (2,)
        ]
