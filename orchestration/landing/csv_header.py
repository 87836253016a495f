"""Which column of a CSV stands where, and whether its header is one that the feed allows.

Only the header is read here; the rows below it belong to record_sql.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.errors import InputRefused
from orchestration.landing.drift import drifted_header
from orchestration.sources.base import Feed


@dataclass(frozen=True)
class CsvHeader:
    """The columns in the order of the file, and those among them that the feed does not declare."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def read_header(feed: Feed, line: str, record_count: Callable[[], int] = lambda: 0) -> CsvHeader:
    """The header of a CSV, checked as the feed asks for.

    Raises DriftedFormat for one that lacks some of the columns it needs, InputRefused for one that has none
    of them, or has them misplaced or twice. Named is the declared column, never what stands in the file,
    which may be somebody's data. `record_count`: how many rows stand below it.
    """
    found, missing = (_by_name if feed.is_csv_by_name else _exact)(feed, line)
    if not set(found.columns) & set(feed.csv_columns):
        raise InputRefused(f"Column {feed.csv_columns[0]} is missing from the header; {_expected(feed)}.")
    if missing:
        unknown = set(found.columns) - {*feed.csv_columns, *feed.ignored_csv_columns, ""}
        raise drifted_header(missing, unknown, record_count())
    return found


def _expected(feed: Feed) -> str:
    if feed.is_csv_by_name:
        return "deliver the vendor's own file"
    return f"the columns must be exactly {','.join(feed.csv_columns)}"


def _exact(feed: Feed, line: str) -> tuple[CsvHeader, list[str]]:
    """Exactly the declared columns in their order, ignored ones anywhere; and those that are missing."""
    found = tuple(next(csv.reader([line]), []))
    kept = [column for column in found if column not in feed.ignored_csv_columns]
    missing = [column for column in feed.csv_columns if column not in kept]
    if missing:
        return CsvHeader(found), missing
    for place, column in enumerate(feed.csv_columns):
        if kept[place] != column:
            raise InputRefused(f"Column {column} is misplaced in the header; {_expected(feed)}.")
    if len(kept) > len(feed.csv_columns) or len(set(found)) < len(found):
        raise InputRefused(f"Its header has further columns; {_expected(feed)}.")
    return CsvHeader(found), []


def _by_name(feed: Feed, line: str) -> tuple[CsvHeader, list[str]]:
    """Columns in any order, blanks around their names cut off; and the required ones that are missing."""
    cells = next(csv.reader([line], skipinitialspace=True), [])
    found = tuple(cell.strip() for cell in cells)
    counts = Counter(found)
    missing = []
    for field in feed.scalars:
        column = field.csv_name or field.path
        if counts[column] > 1:
            raise InputRefused(f"Column {column} stands twice in the header; {_expected(feed)}.")
        if (field.required or field.key_required) and not counts[column]:
            missing.append(column)
    known = {*feed.csv_columns, *feed.ignored_csv_columns, ""}
    return CsvHeader(found, tuple(column for column in counts if column not in known)), missing
