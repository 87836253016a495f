"""Whether a delivery still has the format its feed declares: keys that are new, missing or retyped.

Builds SQL and decides over counts; running it belongs to record_reader.py, remembering to format_ledger.py.
Names of keys leave the file only where they look like names: the keys of a map can be people's addresses.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.landing.file_sql import SPACE, bare_records_sql, paged_records_sql
from orchestration.landing.judgement_sql import looked_at_paths
from orchestration.landing.nesting_sql import is_nested, nested_records_sql
from orchestration.landing.path_sql import containers, place, segments
from orchestration.landing.record_sql import MAX_RECORD_BYTES
from orchestration.landing.value_sql import literal
from orchestration.sources.base import POSITION, Feed, Rows

DriftKind = Literal["new_key", "missing_key", "retyped"]

OTHER = "other"
# Letters, digits, `_`, `.`, `-`, at most 64, no run of digits as long as an id.
_NAME_LIKE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_ID_LIKE = re.compile(r"[0-9]{5}")
# An object with more unknown keys than this in one delivery is a map: its keys are data.
MAX_NEW_KEYS = 20
# New keys inside pages and objects are looked for in this many records of a delivery: looking costs a second
# parse, and what a vendor adds stands in all of them. The top level of bare records is looked at throughout.
SAMPLED_RECORDS = 2_000
# Distinct sets of unknown keys that are looked at; an honest delivery has a few.
MAX_KEY_SETS = 10_000
# Unknown keys of one set that are looked at; with more than MAX_NEW_KEYS names among them, none is named.
MAX_LISTED_KEYS = 1_000

# One bad record is a bad record; two alike are a format.
MIN_FROZEN = 2

_NO_RECORD = ("record", "row", "line")


@dataclass(frozen=True)
class KeyDrift:
    """One key of a delivery that is not as declared, by its dotted path, and how many records show it."""

    kind: DriftKind
    key_path: str
    record_count: int


class DriftedFormat(Exception):
    """No record of a delivery can be accepted, because its format is not the declared one any more.

    `reason` is `path: rule` and holds no value of a record.
    """

    def __init__(self, reason: str, record_count: int, drift: tuple[KeyDrift, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.record_count = record_count
        self.drift = drift


def drift_of(feed: Feed, reason: str) -> tuple[DriftKind, str] | None:
    """What a reason of rejection says about the format: kind and path; None where a value is wrong."""
    path, _, rule = reason.partition(": ")
    if path.split(" ")[0] in _NO_RECORD or not rule or path in _list_paths(feed):
        return None
    if rule == "missing":
        return "missing_key", path
    is_of_type = rule.startswith(("not ", "an element is not ")) and rule not in _value_rules(feed)
    return ("retyped", path) if is_of_type else None


def drift_of_reasons(feed: Feed, reasons: Mapping[str, int]) -> tuple[KeyDrift, ...]:
    """Declared keys that are missing or retyped, by how many records were rejected for which reason."""
    counts: dict[tuple[DriftKind, str], int] = defaultdict(int)
    for reason, count in reasons.items():
        found = drift_of(feed, reason)
        if found:
            counts[found] += count
    return tuple(KeyDrift(*found, count) for found, count in sorted(counts.items()))


def freezing_reason(feed: Feed, record_count: int, reasons: Mapping[str, int]) -> str | None:
    """The reason to freeze a delivery: no record accepted, more than half of them for their format.

    The most frequent such reason, else the first by name. None where single records are at fault.
    """
    drifted = {reason: count for reason, count in reasons.items() if drift_of(feed, reason)}
    of_format = sum(drifted.values())
    if sum(reasons.values()) < record_count or of_format * 2 <= record_count or of_format < MIN_FROZEN:
        return None
    return min(drifted, key=lambda reason: (-drifted[reason], reason))


def drift_of_header(unknown: Iterable[str], record_count: int) -> tuple[KeyDrift, ...]:
    """The columns of a CSV that its feed does not know, all rows counted."""
    names = {column if is_name_like(column) else OTHER for column in unknown}
    return tuple(KeyDrift("new_key", column, record_count) for column in sorted(names))


def drifted_header(missing: Sequence[str], unknown: Iterable[str], record_count: int) -> DriftedFormat:
    """The error for a CSV whose header lacks declared columns, the first of them its reason."""
    lacking = tuple(KeyDrift("missing_key", column, record_count) for column in missing)
    reason = f"{missing[0]}: missing from the header"
    return DriftedFormat(reason, record_count, (*lacking, *drift_of_header(unknown, record_count)))


def is_name_like(key: str) -> bool:
    """Whether a key may be shown: it looks like a name somebody gave, not like somebody's address or id."""
    return bool(_NAME_LIKE.fullmatch(key)) and not _ID_LIKE.search(key)


@functools.cache
def declared_keys(feed: Feed) -> dict[str, frozenset[str]]:
    """The known keys of each declared object and of the elements of each declared list; `` is the record.

    Known is what is landed and what is left on purpose (`ignored_keys`).
    """
    own = [place(path).inner for path in looked_at_paths(feed) if path != POSITION and not place(path).level]
    paths = [*own, *(path for rows in list_fields(feed) for path in _inner_paths(rows))]
    known: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        way = ["", *containers(path)]
        for container, inner in zip(way, [*way[1:], path], strict=True):
            known[container].add(segments(inner)[-1])
    for path in feed.ignored_keys:
        container = (containers(path) or [""])[-1]
        if container in known:
            known[container].add(segments(path)[-1])
    return {container: frozenset(keys) for container, keys in sorted(known.items())}


def list_fields(feed: Feed) -> list[Rows]:
    """The declared lists of objects of a feed."""
    return [field for field in feed.fields if isinstance(field, Rows)]


def sampled_containers(feed: Feed, *, is_paged: bool) -> list[str]:
    """The declared objects and lists in the order of the columns of key_sets_sql; `` only inside pages."""
    return [container for container in declared_keys(feed) if container or is_paged]


def key_sets_sql(feed: Feed, lines: str, *, is_paged: bool) -> str:
    """The distinct sets of keys in the first records: a list or NULL per container, and a count."""
    records = _records_sql(feed, is_paged=is_paged)
    found = sampled_containers(feed, is_paged=is_paged)
    tokens = list(dict.fromkeys(_outer(feed, container) for container in found if container))
    wanted = ", ".join(literal(f"$.{token}") for token in tokens) or "'$'"
    columns = ",\n        ".join(
        f"{_keys_sql(feed, container, tokens)} as keys_{i}" for i, container in enumerate(found)
    )
    return f"""
with lines as ({lines}),
{records},
looked_at as (
    select record from records limit {SAMPLED_RECORDS}
),
objects as (
    select
        record,
        case
            when strlen(record) <= {MAX_RECORD_BYTES} and starts_with(ltrim(record, {SPACE}), '{{')
                then try(json_extract(record, [{wanted}])::varchar[])
        end as tokens
    from looked_at
),
key_sets as (
    select
        {columns}
    from objects
    where tokens is not null
)
select *, count(*) as record_count
from key_sets
group by all
"""


def _records_sql(feed: Feed, *, is_paged: bool) -> str:
    if not is_paged:
        return bare_records_sql()
    return nested_records_sql(feed, []) if is_nested(feed) else paged_records_sql(feed.page_array)


def top_level_sql(feed: Feed) -> str:
    """A select of one value over `kinds` of file_sql.shape_sql: a list of structs (keys, record_count), where
    keys is a set of unknown ones.
    """
    listed = ", ".join(literal(key) for key in sorted(declared_keys(feed)[""]))
    return f"""
    select list({{'keys': keys, 'record_count': record_count}})
    from (
        select unknown[:{MAX_LISTED_KEYS}] as keys, sum(line_count) as record_count
        from (
            select list_filter(keys, lambda key: key not in ({listed})) as unknown, line_count
            from kinds
            where opening = '{{'
        )
        where len(unknown) > 0
        group by 1
        limit {MAX_KEY_SETS}
    )"""


def new_keys(
    feed: Feed, container: str, sets: Iterable[tuple[Sequence[str] | None, int]]
) -> tuple[KeyDrift, ...]:
    """The keys of one container that its feed does not know, from distinct sets of keys and their counts."""
    known = declared_keys(feed)[container]
    counts: dict[str, int] = defaultdict(int)
    with_any = 0
    for keys, count in sets:
        unknown = {key if is_name_like(key) else OTHER for key in keys or () if key not in known}
        with_any += count if unknown else 0
        for key in unknown:
            counts[key] += count
    if len(counts) > MAX_NEW_KEYS:
        counts = {OTHER: with_any}
    prefix = f"{container}." if container else ""
    return tuple(KeyDrift("new_key", prefix + key, count) for key, count in sorted(counts.items()))


def _keys_sql(feed: Feed, container: str, tokens: list[str]) -> str:
    """The keys of an object, or of all elements of a list, of one record."""
    if not container:
        return "try(json_keys(record))"
    outer = _outer(feed, container)
    token = f"tokens[{tokens.index(outer) + 1}]"
    if outer not in {rows.path for rows in list_fields(feed)}:
        return f"case when starts_with({token}, '{{') then json_keys({token}) end"
    inner = container.removeprefix(outer)
    return (
        f"case when starts_with({token}, '[') then list_distinct(flatten(list_transform("
        f"json_extract({token}, {literal(f'$[*]{inner}')}), lambda element: json_keys(element)))) end"
    )


def _outer(feed: Feed, container: str) -> str:
    """The path that leads to a container not through a list: the container, or the list it is in."""
    for rows in list_fields(feed):
        if container == rows.path or container.startswith(f"{rows.path}."):
            return rows.path
    return container


def _inner_paths(rows: Rows) -> list[str]:
    return [f"{rows.path}.{path}" for field in rows.fields for path in (field.path, field.unit_path) if path]


def _list_paths(feed: Feed) -> set[str]:
    """The lists on the way to a record, as reasons name them: without one, an object is something else."""
    return {
        f"{nesting[step - 1].name}>{level.path}" if step and nesting[step - 1].name else level.path
        for nesting in feed.shapes
        for step, level in enumerate(nesting)
    }


def _value_rules(feed: Feed) -> set[str]:
    """Rules on what a value says, beside those on its type."""
    fields = [*feed.scalars]
    fields += [field for rows in list_fields(feed) for field in rows.fields]
    kinds = " or ".join(actor.when_value for actor in feed.actors if actor.when_value)
    shapes = {field.shape for field in fields} | {requirement.shape for requirement in feed.requirements}
    return {f"not {shape}" for shape in (*shapes, kinds)} | {f"not in {field.unit}" for field in fields}
