"""Lists of objects that each state one value under a key, as SQL: found once, then looked up by key.

Builds text only; the rules of a value found so are those of any other, in value_sql.py.
"""

from __future__ import annotations

import json
from typing import Any

from orchestration.landing.path_sql import place, segments
from orchestration.landing.value_sql import TOKEN, Judged, literal, name, reason_sql
from orchestration.sources.base import Feed, Fingerprint
from orchestration.sources.layout import KeyedList


def elements_column(path: str) -> str:
    """The column that holds the elements of the keyed list at a path, as structs of what is looked at."""
    return f"elements of {path}"


def elements_sql(keyed: KeyedList, found: str) -> str:
    """The elements of the list whose token is `found`; NULL for what is no list, and within it no object."""
    return f"from_json({found}, {literal(_shape(keyed))})"


def elements_type(keyed: KeyedList) -> str:
    """Their SQL type."""
    return f"{_struct_type(json.loads(_shape(keyed))[0])}[]"


def looked_up_sql(feed: Feed, paths: list[str]) -> str:
    """CTEs from `located` to `found`, which has a column for each path into a keyed list."""
    keys, tokens = [], []
    for keyed in feed.keyed_lists:
        elements = name(elements_column(keyed.path))
        keys.append(f"list_transform({elements}, lambda element: {_key(keyed)}) as {_keys(keyed)}")
        tokens.append(f"list_transform({elements}, lambda element: {_token(keyed)}) as {_tokens(keyed)}")
    lists = {keyed.path: keyed for keyed in feed.keyed_lists}
    looked_up = []
    for path in paths:
        at = place(path)
        if at.key is not None:
            keyed = lists[at.list_path]
            place_of_key = f"list_position({_keys(keyed)}, {literal(at.key)})"
            looked_up.append(f"{_tokens(keyed)}[{place_of_key}] as {name(path)}")
    separator = ",\n        "
    return f"""listed_by_key as (
    select
        {separator.join(["*", *keys, *tokens])}
    from located
),
found as (
    select
        {separator.join(["*", *looked_up])}
    from listed_by_key
)"""


def judge_keyed_list(keyed: KeyedList) -> Judged:
    """A keyed list as such: of another shape, or with a key twice, its values would pass for absent."""
    found, elements = name(keyed.path), name(elements_column(keyed.path))
    checks = [
        (f"not {TOKEN.is_absent(found)} and not starts_with({found}, '[')", "not a list"),
        (f"len({elements}) > list_count({_keys(keyed)})", "an element has no key"),
        (f"list_count({_keys(keyed)}) > list_unique({_keys(keyed)})", "a key occurs twice"),
    ]
    return Judged(reason_sql([(condition, f"{keyed.path}: {rule}") for condition, rule in checks]), ())


def judge_fingerprint(fingerprint: Fingerprint) -> Judged:
    """A hash of the keys and tokens of a list in the order of their keys; of nothing for an empty list."""
    path = fingerprint.keyed_list
    both = f"list_zip({name(f'keys of {path}')}, {name(f'tokens of {path}')})"
    pairs = f"list_transform({both}, lambda pair: concat_ws('=', pair[1], coalesce(pair[2], 'null')))"
    hashed = f"left(sha256(coalesce(array_to_string(list_sort({pairs}), chr(10)), '')), 32)"
    is_wanted = f"not {TOKEN.is_absent(name(fingerprint.only_with))}"
    return Judged(
        "NULL::varchar", ((fingerprint.column, f"case when {is_wanted} then {hashed} end"),), is_key=True
    )


def _keys(keyed: KeyedList) -> str:
    return name(f"keys of {keyed.path}")


def _tokens(keyed: KeyedList) -> str:
    return name(f"tokens of {keyed.path}")


def _key(keyed: KeyedList) -> str:
    return _member(keyed.key)


def _token(keyed: KeyedList) -> str:
    """The token of an element's value; numbers and flags without the quotes some encodings give them."""
    found = [
        f"trim({_member(path)}::varchar, '\"')"
        if path in keyed.quoted_numbers
        else f"{_member(path)}::varchar"
        for path in keyed.values
    ]
    return f"coalesce({', '.join(found)})"


def _member(path: str) -> str:
    return ".".join(["element", *map(name, segments(path))])


def _shape(keyed: KeyedList) -> str:
    """The structure of an element, as from_json wants it."""
    shape: dict[str, Any] = {}
    for path in (keyed.key, *keyed.values):
        *around, last = segments(path)
        inner = shape
        for key in around:
            inner = inner.setdefault(key, {})
        inner[last] = "VARCHAR" if path == keyed.key else "JSON"
    return json.dumps([shape])


def _struct_type(shape: dict[str, Any]) -> str:
    fields = (
        f"{name(key)} {inner if isinstance(inner, str) else _struct_type(inner)}"
        for key, inner in shape.items()
    )
    return f"STRUCT({', '.join(fields)})"
