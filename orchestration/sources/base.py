"""How a source is declared: its feeds, their formats and the fields that may leave the inbox.

Declarations only; no source's name and no reading of files belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# How a value is written by the vendor and typed in landing:
# text VARCHAR | count BIGINT, a whole number | flag BOOLEAN | day DATE, `2026-03-01` |
# utc_day DATE, also `2026-03-01T00:00:00Z` | epoch TIMESTAMP in UTC, seconds since 1970 | amount DECIMAL
Kind = Literal["text", "count", "flag", "day", "utc_day", "epoch", "amount"]

EMAIL = r"[^\s@]+@[^\s@]+"
NO_SPACE = r"\S+"


@dataclass(frozen=True)
class Field:
    """One allow-listed value: `path` is a dotted JSON path, or the column of a CSV.

    `maximum` bounds counts and amounts (in the vendor's unit), `max_length` texts; `pattern` must match the
    whole normalised text and `shape` says in words what it asks for. `fold` lower-cases (e-mails, logins).
    `fallback` is read where `path` is absent. The text at `unit_path` must be `unit`. `precision`, `scale`
    and `factor` make the DECIMAL of an amount, which `may_be_quoted` in the JSON of the company itself.
    """

    column: str
    kind: Kind
    path: str
    required: bool = False
    maximum: int = 2**63 - 1
    max_length: int = 200
    pattern: str | None = None
    shape: str = ""
    fold: bool = False
    fallback: str | None = None
    precision: int = 18
    scale: int = 6
    factor: str = "1"
    may_be_quoted: bool = False
    unit_path: str | None = None
    unit: str = ""


@dataclass(frozen=True)
class Total:
    """A count summed over those of several paths that are present; NULL if none is."""

    column: str
    paths: tuple[str, ...]
    maximum: int


@dataclass(frozen=True)
class Rows:
    """A JSON list of objects, landed as a list of structs; NULL where absent, rejected in another shape."""

    column: str
    path: str
    fields: tuple[Field, ...]
    required: bool = False


@dataclass(frozen=True)
class Actor:
    """One way a record names who acted: `kind` goes to actor_kind, `name` to actor_name.

    Chosen where the text at `when_path` is `when_value`; without them, where `name` is present. First wins.
    """

    kind: str
    name: Field
    when_path: str | None = None
    when_value: str | None = None


# Where activity_date comes from: the field of that column in each record, or the date in the file name,
# without which each record is rejected (required) or landed with NULL (optional).
DatedBy = Literal["record", "file_name", "file_name_if_any"]


@dataclass(frozen=True)
class Feed:
    """One feed of a source and everything landing needs to know of it.

    `endpoint` and `paging` say where the files come from. `page_array` is the key under which a page holds
    its records, None where the vendor delivers bare records. `record_key` names the landed columns that
    identify a record; rejected rows keep those that are legible. `settle_days`: how many days back the vendor
    restates.
    A CSV has exactly the columns of the fields, in order, then any of `ignored_csv_columns`, never landed.
    `ignored_keys`: dotted paths of keys known and left on purpose (content above all), with all below them;
    any other key is reported as new.
    `written_to`: the folder of the home where this program itself leaves files of the feed; they are landed
    like those of the inbox, which it never writes.
    """

    source: str
    name: str
    endpoint: str
    paging: str
    dated_by: DatedBy
    record_key: tuple[str, ...]
    settle_days: int
    fields: tuple[Field | Total | Rows, ...]
    date_field: Field | None = None
    actors: tuple[Actor, ...] = ()
    page_array: str | None = None
    more_flag: str = "has_more"
    reads_csv: bool = False
    ignored_csv_columns: tuple[str, ...] = ()
    ignored_keys: tuple[str, ...] = ()
    required_one_of: tuple[str, ...] = ()
    empty_means: str | None = None
    written_to: str | None = None

    @property
    def folder(self) -> str:
        """`<source>/<feed>`, below the inbox and below landing."""
        return f"{self.source}/{self.name}"

    @property
    def is_usage(self) -> bool:
        """Whether its files cover days of use; the others are snapshots or statements dated by their name."""
        return self.dated_by == "record"

    @property
    def csv_columns(self) -> tuple[str, ...]:
        """The header a CSV of this feed must have, without the ignored columns."""
        return tuple(field.path for field in self.fields if isinstance(field, Field))


@dataclass(frozen=True)
class Source:
    """A vendor or system of the company; one that carries content is read only with an approval on file."""

    name: str
    title: str
    feeds: tuple[Feed, ...]
    carries_content: bool = False
