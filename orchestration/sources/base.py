"""How a source is declared: its feeds, their formats and the fields that may leave the inbox.

Declarations only; no source's name and no reading of files belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Literal

from orchestration.sources.layout import Covered, KeyedList, Kind, Level, Nesting
from orchestration.sources.pull import Pull

# Further ways to write a day, beside that of its kind. Which part is the month is stated, never guessed.
DayFormat = Literal["YYYY/MM/DD", "MM/DD/YYYY", "MM-DD-YYYY"]

EMAIL = r"[^\s@]+@[^\s@]+"
NO_SPACE = r"\S+"
# No zero-width character, no mark of direction; for a field that keeps them, so that they are seen.
VISIBLE = r"[^\p{Cf}]*"

# The path of a record's place in its list.
POSITION = "#"

# The actor_kind of records that name nobody.
NOBODY = "none"


@dataclass(frozen=True)
class Field:
    """One allow-listed value: `path` is a dotted JSON path, or the column of a CSV unless `csv_name` is.

    A key that holds a dot stands in double quotes. `list[key]` is the value that a KeyedList of the feed
    states under a key. `level>path` starts from the object at a named Level around the record; POSITION is
    the place of the record in its list, from 0.

    A key that holds a dot stands in double quotes.

    `maximum` bounds counts and amounts (in the vendor's unit), `max_length` texts; `pattern` must match the
    whole normalised text and `shape` says in words what it asks for. `fold` lower-cases (e-mails, logins).
    `fallback` is read where `path` is absent. The text at `unit_path` must be `unit`. `precision`, `scale`
    and `factor` make the DECIMAL of an amount. A number or flag that `may_be_quoted` also comes as a text.
    `required_with`: required in those records that have a value at this other path. What nobody sees is taken
    out of every text, unless the field `keeps_invisible` for its pattern to refuse.
    `key_required`: the key or column must be there, though its value may be empty. `dropped_prefix` is cut
    off the text where it matches. A flag that `may_be_worded` is also written 1, 0, yes, no in a CSV, in any
    case.
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
    keeps_invisible: bool = False
    required_with: str | None = None
    csv_name: str | None = None
    key_required: bool = False
    dropped_prefix: str | None = None
    day_formats: tuple[DayFormat, ...] = ()
    may_be_worded: bool = False


def email_field(column: str, path: str, *, required: bool = False) -> Field:
    """An e-mail address, in lower case."""
    return Field(
        column,
        "text",
        path,
        required=required,
        max_length=254,
        pattern=EMAIL,
        shape="an e-mail address",
        fold=True,
    )


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
class Fingerprint:
    """A hash of everything a KeyedList states, whatever its order and encoding: it tells records apart by
    keys that are not landed. NULL where the record has no value at `only_with`.
    """

    column: str
    keyed_list: str
    only_with: str


@dataclass(frozen=True)
class Requirement:
    """What a record must say though it lands in no column: one of the JSON `tokens` at `path`.

    Asked of records that have a value at `only_with`; `shape` says in words what is asked for.
    """

    path: str
    tokens: tuple[str, ...]
    shape: str
    only_with: str


@dataclass(frozen=True)
class Actor:
    """One way a record names who acted: `kind` goes to actor_kind, `name` to actor_name.

    Chosen where the text at `when_path` is `when_value`; without them, where `name` is present, and wholly
    matches `when_pattern` if there is one. First wins; the last is chosen where no other is.
    """

    kind: str
    name: Field
    when_path: str | None = None
    when_value: str | None = None
    when_pattern: str | None = None


# Where activity_date comes from: the field of that column in each record, or the date in the file name,
# without which each record is rejected (required) or landed with NULL (optional).
DatedBy = Literal["record", "file_name", "file_name_if_any"]


@dataclass(frozen=True)
class Feed:
    """One feed of a source and everything landing needs to know of it.

    `endpoint` and `paging` say where the files come from. `page_array` is the path at which a page holds
    its records, None where the vendor delivers bare records; `nestings` stands in its place where records lie
    several lists deep, one for each shape the files have. More pages follow where the page says true, or a
    text, at `more_flag`. `is_usage`: its records are days of use; other feeds are snapshots and statements.
    `covered`: where pages state which days they answer for; else the file name does.
    `record_key` names the landed columns that identify a record; rejected rows keep those that are legible.
    `settle_days`: how many days back the vendor restates. `reaches_back_days`: how many days before its own
    date a record still bears on. `counts_periods`: its records are sums over periods that begin on their
    date; they are reconciled and compared, and are neither days of use nor cover any. A record that names
    nobody is rejected, unless the feed `may_lack_actor`.
    A CSV has exactly the columns of the fields, in order, and any of `ignored_csv_columns`, never landed.
    Where it `is_csv_by_name`, as vendors' are, columns stand in any order, those of optional fields may be
    missing, and unknown ones are reported, never landed.
    `ignored_keys`: paths, as of fields, of keys known and left on purpose (content above all), with all below
    them; any other key of an object of which a field is read is reported as new.
    A feed that `carries_content` is read only with an approval on file.
    `written_to`: the folder of the home where this program itself leaves files of the feed; they are landed
    like those of the inbox, which it never writes.
    `pull`: how the feed is pulled from the vendor's API, where that can be done.
    """

    source: str
    name: str
    endpoint: str
    paging: str
    dated_by: DatedBy
    is_usage: bool = dataclass_field(kw_only=True)
    record_key: tuple[str, ...]
    settle_days: int
    fields: tuple[Field | Total | Rows | Fingerprint, ...]
    date_field: Field | None = None
    actors: tuple[Actor, ...] = ()
    page_array: str | None = None
    nestings: tuple[Nesting, ...] = ()
    more_flag: str = "has_more"
    covered: Covered | None = None
    keyed_lists: tuple[KeyedList, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    may_lack_actor: bool = False
    reads_csv: bool = False
    is_csv_by_name: bool = False
    ignored_csv_columns: tuple[str, ...] = ()
    ignored_keys: tuple[str, ...] = ()
    required_one_of: tuple[str, ...] = ()
    empty_means: str | None = None
    written_to: str | None = None
    carries_content: bool = False
    pull: Pull | None = None
    reaches_back_days: int = 0
    counts_periods: bool = False

    @property
    def folder(self) -> str:
        """`<source>/<feed>`, below the inbox and below landing."""
        return f"{self.source}/{self.name}"

    @property
    def shapes(self) -> tuple[Nesting, ...]:
        """Each way from a page to its records; none where the vendor delivers bare records."""
        return self.nestings or (((Level(self.page_array),),) if self.page_array else ())

    @property
    def scalars(self) -> tuple[Field, ...]:
        """Every single-valued field: the date, the ways to name an actor, then the fields themselves."""
        first = (self.date_field,) if self.date_field else ()
        others = tuple(field for field in self.fields if isinstance(field, Field))
        return (*first, *(actor.name for actor in self.actors), *others)

    @property
    def csv_columns(self) -> tuple[str, ...]:
        """The columns of a CSV that are read, each once, in their order."""
        return tuple(dict.fromkeys(field.csv_name or field.path for field in self.scalars))

    def as_csv(self) -> Feed:
        """The same feed with the names of a CSV for its paths."""
        return replace(
            self,
            date_field=_in_csv(self.date_field) if self.date_field else None,
            actors=tuple(replace(actor, name=_in_csv(actor.name)) for actor in self.actors),
            fields=tuple(_in_csv(field) if isinstance(field, Field) else field for field in self.fields),
        )


def _in_csv(field: Field) -> Field:
    return replace(field, path=field.csv_name or field.path)


@dataclass(frozen=True)
class Source:
    """A vendor or system of the company."""

    name: str
    title: str
    feeds: tuple[Feed, ...]
