"""The keys of a delivery's objects, and which of them its feed declares: distinct sets of keys, with counts.

Builds SQL; what new keys mean belongs to drift.py, running it to record_reader.py.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from dataclasses import dataclass

from orchestration.landing.file_sql import SPACE, bare_records_sql, paged_records_sql
from orchestration.landing.judgement_sql import looked_at_paths
from orchestration.landing.nesting_sql import Surroundings, is_nested, nested_records_sql
from orchestration.landing.path_sql import Place, containers, place, segments
from orchestration.landing.record_sql import MAX_RECORD_BYTES
from orchestration.landing.value_sql import literal
from orchestration.sources.base import POSITION, Feed, Rows

# New keys inside pages and objects are looked for in this many records of a delivery: looking costs a second
# parse, and what a vendor adds stands in all of them. The top level of bare records is looked at throughout.
SAMPLED_RECORDS = 2_000
# Distinct sets of unknown keys that are looked at; an honest delivery has a few.
MAX_KEY_SETS = 10_000
# Unknown keys of one set that are looked at; drift.MAX_NEW_KEYS and more are not named.
MAX_LISTED_KEYS = 1_000


@dataclass(frozen=True, order=True)
class Container:
    """What has the keys: an object at `path` of a level (the record where both are empty), the elements of a
    list of objects there, or with `is_keyed` a list that is read by key, whose elements state them.
    """

    level: str = ""
    path: str = ""
    is_keyed: bool = False

    def key_path(self, key: str) -> str:
        """The path of one of its keys, as a feed declares it."""
        start = f"{self.level}>" if self.level else ""
        if self.is_keyed:
            return f"{start}{self.path}[{key}]"
        return f"{start}{self.path}.{key}" if self.path else start + key


RECORD = Container()


@functools.cache
def declared_keys(feed: Feed) -> dict[Container, frozenset[str]]:
    """The known keys of everything of which a feed declares any; of an envelope it declares none.

    Known is what is landed and what is left on purpose (`ignored_keys`).
    """
    paths = [path for path in looked_at_paths(feed) if path != POSITION]
    paths += [path for rows in list_fields(feed) for path in _inner_paths(rows)]
    paths += [
        f"{around.name}>{level.path}"
        for nesting in feed.shapes
        for around, level in itertools.pairwise(nesting)
        if around.name
    ]
    known: dict[Container, set[str]] = defaultdict(set)
    for path in paths:
        for container, key in way_to(path):
            known[container].add(key)
    for path in feed.ignored_keys:
        *_, (container, key) = way_to(path)
        if container in known:
            known[container].add(key)
    return {container: frozenset(keys) for container, keys in sorted(known.items())}


def way_to(path: str) -> list[tuple[Container, str]]:
    """Everything on the way to a value from its level, each with the key that leads on."""
    at = place(path)
    way = ["", *containers(at.inner)]
    steps = [
        (Container(at.level, outer), segments(inner)[-1])
        for outer, inner in zip(way, [*way[1:], at.inner], strict=True)
    ]
    return steps if at.key is None else [*steps, (Container(at.level, at.inner, is_keyed=True), at.key)]


def list_fields(feed: Feed) -> list[Rows]:
    """The declared lists of objects of a feed."""
    return [field for field in feed.fields if isinstance(field, Rows)]


def sampled_containers(feed: Feed, *, is_paged: bool) -> list[Container]:
    """What is looked at in the order of the columns of key_sets_sql: the record itself and what lies around
    it only inside pages.
    """
    return [one for one in declared_keys(feed) if is_paged or (one != RECORD and not one.level)]


def key_sets_sql(feed: Feed, lines: str, *, is_paged: bool) -> str:
    """The distinct sets of keys in the first records: a list or NULL per container, and a count."""
    found = [(f"keys_{i}", one) for i, one in enumerate(sampled_containers(feed, is_paged=is_paged))]
    around = [(column, one) for column, one in found if one.level]
    tokens = list(dict.fromkeys(_outer(feed, one.path) for _, one in found if one.path and not one.level))
    wanted = ", ".join(literal(f"$.{token}") for token in tokens) or "'$'"
    columns = ",\n        ".join(
        column if one.level else f"{_keys_sql(feed, one, tokens)} as {column}" for column, one in found
    )
    surrounding = "".join(f", {column}" for column, _ in around)
    return f"""
with lines as ({lines}),
{_records_sql(feed, around, is_paged=is_paged)},
looked_at as (
    select record{surrounding} from records limit {SAMPLED_RECORDS}
),
objects as (
    select
        *,
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


def top_level_sql(feed: Feed) -> str:
    """A select of one value over `kinds` of file_sql.shape_sql: a list of structs (keys, record_count), where
    keys is a set of unknown ones.
    """
    listed = ", ".join(literal(key) for key in sorted(declared_keys(feed)[RECORD]))
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


def _records_sql(feed: Feed, around: list[tuple[str, Container]], *, is_paged: bool) -> str:
    if not is_paged:
        return bare_records_sql()
    if not is_nested(feed):
        return paged_records_sql(feed.page_array)
    levels = dict.fromkeys(one.level for _, one in around)
    return nested_records_sql(
        feed,
        [
            Surroundings(
                level,
                tuple(
                    (column, f"try({_object_keys_sql(feed, one, _token_sql(one))})", "varchar[]")
                    for column, one in around
                    if one.level == level
                ),
            )
            for level in levels
        ],
    )


def _keys_sql(feed: Feed, container: Container, tokens: list[str]) -> str:
    """The keys of an object, or of all elements of a list, of one record."""
    if container == RECORD:
        return "try(json_keys(record))"
    outer = _outer(feed, container.path)
    token = f"tokens[{tokens.index(outer) + 1}]"
    if outer not in {rows.path for rows in list_fields(feed)}:
        return _object_keys_sql(feed, container, token)
    inner = container.path.removeprefix(outer)
    return (
        f"case when starts_with({token}, '[') then list_distinct(flatten(list_transform("
        f"json_extract({token}, {literal(f'$[*]{inner}')}), lambda element: json_keys(element)))) end"
    )


def _token_sql(container: Container) -> str:
    """What stands at a container below `value`, the object of its level."""
    return f"json_extract(value, {literal(f'$.{container.path}')})::varchar" if container.path else "value"


def _object_keys_sql(feed: Feed, container: Container, token: str) -> str:
    """The keys of the object whose token is given, or those that the elements of a keyed list state."""
    if not container.is_keyed:
        return f"case when starts_with({token}, '{{') then json_keys({token}) end"
    at = Place(container.level, container.path, key=None)
    (key,) = [keyed.key for keyed in feed.keyed_lists if place(keyed.path) == at]
    return (
        f"case when starts_with({token}, '[') then list_distinct(list_filter(json_extract_string({token}, "
        f"{literal(f'$[*].{key}')}), lambda key: key is not null)) end"
    )


def _outer(feed: Feed, path: str) -> str:
    """The path that leads to a container not through a list: its own, or that of the list it is in."""
    for rows in list_fields(feed):
        if path == rows.path or path.startswith(f"{rows.path}."):
            return rows.path
    return path


def _inner_paths(rows: Rows) -> list[str]:
    return [f"{rows.path}.{path}" for field in rows.fields for path in (field.path, field.unit_path) if path]
