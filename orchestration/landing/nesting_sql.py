"""Records that lie several lists deep in a page, as SQL, with what is read of the objects around them.

Builds text only. Records of a single list need no levels: paged_records_sql in file_sql.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.landing.file_sql import SPACE, listed_sql
from orchestration.landing.path_sql import segments
from orchestration.landing.value_sql import literal, name
from orchestration.sources.base import Feed
from orchestration.sources.layout import Level

BARE = -1


@dataclass(frozen=True)
class Surroundings:
    """What is read of the objects at a named level, as SQL on `value`: (column, SQL, its type) of each."""

    level: str
    columns: tuple[tuple[str, str, str], ...]


def is_nested(feed: Feed) -> bool:
    """Whether the way to a record has more than one list, or there is more than one way."""
    return len(feed.shapes) > 1 or any(len(nesting) > 1 for nesting in feed.shapes)


def nested_records_sql(feed: Feed, surroundings: list[Surroundings]) -> str:
    """CTEs down to `records`: record_line, line, record, position, damage, and the columns of surroundings.

    `damage` is why the record is rejected whatever it says. An object that is no page is a record by itself.
    """
    ctes = [listed_sql(), _shaped_sql(feed)]
    carried: list[str] = []
    before = "shaped"
    for step in range(max(len(nesting) for nesting in feed.shapes)):
        read = _read_at(feed, step, surroundings)
        ctes.append(_opened_sql(feed, step, before, carried, read))
        carried += [column for column, _ in read]
        ctes.append(_level_sql(step, carried))
        before = f"level_{step}"
    ctes.append(
        f"""records as (
    select
        {_selected("row_number() over () as record_line, line, value as record, damage, position", carried)}
    from {before}
)"""
    )
    return ",\n".join(ctes)


def bare_surroundings_sql(surroundings: list[Surroundings]) -> str:
    """The columns that `records` have of a nested feed when its file holds bare records: none is around."""
    columns = [
        f"NULL::{kind} as {name(column)}" for around in surroundings for column, _, kind in around.columns
    ]
    return ", ".join(["NULL::varchar as damage", "NULL::bigint as position", *columns])


def _shaped_sql(feed: Feed) -> str:
    """Each JSON value once for every shape it has, by the first key on the way; else as a bare record."""
    has_shape = ", ".join(
        f"case when list_contains(keys, {literal(segments(nesting[0].path)[0])}) then {shape} end"
        for shape, nesting in enumerate(feed.shapes)
    )
    return f"""keyed as (
    select
        line,
        value,
        case when starts_with(ltrim(value, {SPACE}), '{{') then try(json_keys(value)) end as keys
    from listed
),
shaped as (
    select
        line,
        value,
        NULL::varchar as damage,
        unnest(
            case
                when keys is null or not list_has_any(keys, {_first_keys(feed)}) then [{BARE}]
                else list_filter([{has_shape}], lambda shape: shape is not null)
            end
        ) as shape
    from keyed
)"""


def _first_keys(feed: Feed) -> str:
    return f"[{', '.join(literal(segments(nesting[0].path)[0]) for nesting in feed.shapes)}]"


def _opened_sql(feed: Feed, step: int, before: str, carried: list[str], read: list[tuple[str, str]]) -> str:
    """Each value with its list of children at this step; a list of one where it lies no deeper."""
    damages, children = [], []
    for shape, nesting in enumerate(feed.shapes):
        if step < len(nesting):
            path = literal(f"$.{nesting[step].path}")
            damages.append(f"when shape = {shape} then {_damage(nesting, step)}")
            children.append(f"when shape = {shape} then json_extract(value, {path[:-1]}[*]')::varchar[]")
    columns = ",\n        ".join([*map(name, carried), *(f"{sql} as {name(column)}" for column, sql in read)])
    return f"""opened_{step} as (
    select
        line,
        shape,
        {columns + "," if columns else ""}
        coalesce(damage, case {" ".join(damages)} end) as damage,
        case
            when damage is not null then ['null']
            {" ".join(children)}
            else [value]
        end as children
    from {before}
)"""


def _level_sql(step: int, carried: list[str]) -> str:
    return f"""level_{step} as (
    select
        {_selected("line, shape, damage", carried)},
        unnest(case when damage is not null then ['null'] else children end) as value,
        unnest(range(case when damage is not null then 1 else len(children) end)) as position
    from opened_{step}
)"""


def _damage(nesting: tuple[Level, ...], step: int) -> str:
    """Why nothing can be read below a value, as SQL of a text; NULL if its list is there."""
    level = nesting[step]
    around = nesting[step - 1].name if step else ""
    shown = f"{around}>{level.path}" if around else level.path
    found = f"json_type(value, {literal(f'$.{level.path}')})"
    is_absent = f"coalesce({found} = 'NULL', true)"
    missing = "NULL" if level.may_be_absent else literal(f"{shown}: missing")
    key = literal(f"{around or 'record'}: a key occurs twice")
    return (
        "case when starts_with(value, '{') and len(json_keys(value)) <> list_unique(json_keys(value)) "
        f"then {key} when {is_absent} then {missing} "
        f"when {found} <> 'ARRAY' then {literal(f'{shown}: not a list')} end"
    )


def _read_at(feed: Feed, step: int, surroundings: list[Surroundings]) -> list[tuple[str, str]]:
    """What is read of a value at this step, which is an element of the list at the step before."""
    read = []
    for around in surroundings:
        shapes = [
            str(shape)
            for shape, nesting in enumerate(feed.shapes)
            if 0 < step < len(nesting) and nesting[step - 1].name == around.level
        ]
        if shapes:
            is_there = f"shape in ({', '.join(shapes)}) and damage is null"
            read += [(column, f"case when {is_there} then {sql} end") for column, sql, _ in around.columns]
    return read


def _selected(first: str, carried: list[str]) -> str:
    return ", ".join([first, *map(name, carried)])
