"""Seeds read strictly: every column there, every cell of its kind, or one sentence that says which is not.

What the rows mean to each other belongs to refusals.py.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.errors import PoliciesRefused

SEEDS = "dbt_project/seeds"

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.([0-9]{1,6}))?")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,99}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# dbt reads this as no value at all.
_NO_VALUE = "null"
_WHERE = {"policy_id": "policy", "policy_version": "version", "rule_number": "rule", "scope_code": "scope"}


@dataclass(frozen=True)
class Row:
    """One row of a seed: its typed cells by column, and where it stands, in words."""

    file: str
    line: int
    cells: Mapping[str, Any]
    where: str

    def __getitem__(self, column: str) -> Any:
        return self.cells[column]

    def refused(self, what: str) -> PoliciesRefused:
        """The refusal of this row."""
        return PoliciesRefused(f"{self.file}, line {self.line}{self.where}: {what}")


# Takes the text of a cell (None where empty) and gives its value; raises ValueError with what it must be.
Kind = Callable[[str | None], Any]


def text(cell: str | None) -> str:
    """A text that must be there."""
    if cell is None:
        raise ValueError("must not be empty")
    return cell


def code(cell: str | None) -> str:
    """A name that other rows and files refer to."""
    if not _CODE.fullmatch(text(cell)):
        raise ValueError("must be lower-case letters, digits and underscores, a letter first")
    return text(cell)


def flag(cell: str | None) -> bool:
    """true or false; spreadsheets write them in capitals."""
    if text(cell).lower() not in ("true", "false"):
        raise ValueError("must be true or false")
    return text(cell).lower() == "true"


def day(cell: str | None) -> date:
    """A date of the calendar."""
    try:
        if _DAY.fullmatch(text(cell)):
            return date.fromisoformat(text(cell))
    except ValueError:
        pass
    raise ValueError("must be a date written YYYY-MM-DD")


def whole(minimum: int, maximum: int = 10**9) -> Kind:
    """A whole number from `minimum` to `maximum`."""

    def read(cell: str | None) -> int:
        if not _WHOLE.fullmatch(text(cell)) or not minimum <= int(text(cell)) <= maximum:
            upper = f" to {maximum}" if maximum < 10**9 else " up"
            raise ValueError(f"must be a whole number from {minimum}{upper}")
        return int(text(cell))

    return read


def number(decimals: int, *, above_zero: bool = False) -> Kind:
    """An exact number below a million with so many decimals at most, not negative."""

    def read(cell: str | None) -> Decimal:
        found = _NUMBER.fullmatch(text(cell))
        if found is None or Decimal(text(cell)) < 0 or len(found[2] or "") > decimals:
            raise ValueError(
                f"must be a number from 0 to 999999 with at most {decimals} decimals, written like 1.5"
            )
        if above_zero and Decimal(text(cell)) == 0:
            raise ValueError("must be above 0")
        return Decimal(text(cell))

    return read


def one_of(*known: str) -> Kind:
    """One of the names the engine knows."""

    def read(cell: str | None) -> str:
        if cell not in known:
            raise ValueError(f"must be {', '.join(known[:-1])} or {known[-1]}")
        return cell

    return read


def optional(kind: Kind) -> Kind:
    """The same, or nothing."""
    return lambda cell: None if cell is None else kind(cell)


PERCENT = whole(0, 100)


def read_rows(project_root: Path, name: str, columns: Mapping[str, Kind]) -> list[Row]:
    """The rows of `dbt_project/seeds/<name>`, typed.

    Raises PoliciesRefused naming the file, the line and the column that is not as it must be.
    """
    file = f"{SEEDS}/{name}"
    try:
        with (project_root / file).open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            _check_header(file, header, columns)
            return [
                _row(file, reader.line_num, dict(zip(header, cells, strict=False)), cells, columns)
                for cells in reader
            ]
    except FileNotFoundError:
        raise PoliciesRefused(f"{file} is missing; put it back.") from None
    except OSError as error:
        raise PoliciesRefused(f"{file} cannot be read ({error.strerror}); correct its permissions.") from None
    except UnicodeDecodeError:
        raise PoliciesRefused(f"{file} is not UTF-8; save it as CSV in UTF-8.") from None
    except csv.Error as error:
        raise PoliciesRefused(f"{file} is no CSV ({error}); save it as CSV separated by commas.") from None


def _check_header(file: str, header: list[str], columns: Mapping[str, Kind]) -> None:
    if len(header) == 1 and len(columns) > 1:
        raise PoliciesRefused(
            f"{file}: its first line holds no columns separated by commas; save it as such a CSV."
        )
    missing = [column for column in columns if column not in header]
    if missing:
        raise PoliciesRefused(f"{file}: column {missing[0]} is missing from its first line; put it back.")
    extra = [column for column in header if column not in columns]
    if extra:
        raise PoliciesRefused(f"{file}: there is no column {extra[0]!r}; take it out, nothing reads it.")
    twice = [column for column in columns if header.count(column) > 1]
    if twice:
        raise PoliciesRefused(f"{file}: column {twice[0]} is there twice; take one out.")


def _row(
    file: str, line: int, found: Mapping[str, str], cells: list[str], columns: Mapping[str, Kind]
) -> Row:
    names = [f"{word} {found[column]}" for column, word in _WHERE.items() if found.get(column)]
    row = Row(file, line, {}, f" ({' '.join(names)})" if names else "")
    if not any(cells):
        raise row.refused("it is empty, and dbt would read it as a row of nothing; take it out.")
    if len(cells) != len(columns):
        raise row.refused(
            f"it has {len(cells)} cells and there are {len(columns)} columns; put texts that hold a comma "
            "in double quotes."
        )
    values = {}
    for column, kind in columns.items():
        cell = found[column]
        if cell != cell.strip():
            raise row.refused(f"{column} begins or ends with a space; take the space out.")
        try:
            if cell.lower() == _NO_VALUE:
                raise ValueError("must be empty where there is no value")
            values[column] = kind(cell or None)
        except ValueError as error:
            raise row.refused(f"{column} is {cell!r}; it {error}.") from None
    return Row(file, line, values, row.where)
