"""Which column of a CSV stands where, and whether its header is one that the feed allows.

Only the header is read here; the rows below it belong to record_sql.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass

from orchestration.errors import InputRefused
from orchestration.sources.base import Feed


@dataclass(frozen=True)
class CsvHeader:
    """The columns in the order of the file, and those among them that the feed does not declare."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def read_header(feed: Feed, line: str) -> CsvHeader:
    """The header of a CSV, checked as the feed asks for.

    Raises InputRefused naming a declared column that is missing, misplaced or there twice, never what stands
    in the file, which may be somebody's data.
    """
    return _by_name(feed, line) if feed.is_csv_by_name else _exact(feed, line)


def _exact(feed: Feed, line: str) -> CsvHeader:
    """Exactly the declared columns in their order, ignored ones anywhere."""
    found = tuple(next(csv.reader([line]), []))
    kept = [column for column in found if column not in feed.ignored_csv_columns]
    expected = f"the columns must be exactly {','.join(feed.csv_columns)}"
    for place, column in enumerate(feed.csv_columns):
        if place < len(kept) and kept[place] == column:
            continue
        what = "is misplaced in" if column in kept else "is missing from"
        raise InputRefused(f"Column {column} {what} the header; {expected}.")
    if len(kept) > len(feed.csv_columns) or len(set(found)) < len(found):
        raise InputRefused(f"Its header has further columns; {expected}.")
    return CsvHeader(found)


def _by_name(feed: Feed, line: str) -> CsvHeader:
    """Columns in any order, blanks around their names cut off; the required ones must be there."""
    cells = next(csv.reader([line], skipinitialspace=True), [])
    found = tuple(cell.strip() for cell in cells)
    counts = Counter(found)
    for field in feed.scalars:
        column = field.csv_name or field.path
        if counts[column] > 1:
            raise InputRefused(f"Column {column} stands twice in the header; deliver the vendor's own file.")
        if (field.required or field.key_required) and not counts[column]:
            raise InputRefused(f"Column {column} is missing from the header; deliver the vendor's own file.")
    known = {*feed.csv_columns, *feed.ignored_csv_columns, ""}
    return CsvHeader(found, tuple(column for column in counts if column not in known))
