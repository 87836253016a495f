"""Landing rows of the lines that keep a layout and every rule, as SQL; all other lines are left out.

Builds text only. A line keeps its layout if its own values, put into the layout, give the line again: then it
holds these keys once and no others, its texts hold nothing to decode, and each value is of the JSON type that
was learnt. The rules are those of judgement_sql.py; what a left-out line becomes belongs to record_sql.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orchestration.landing.judgement_sql import DateBounds, Given, judgements, looked_at_paths, texts_sql
from orchestration.landing.line_layout import Layout, Leaf, Path
from orchestration.landing.path_sql import containers, segments
from orchestration.landing.time_sql import CLOCK_KINDS
from orchestration.landing.value_sql import TEXT_KINDS, literal, name, plain_dialect
from orchestration.sources.base import EMAIL, NO_SPACE, POSITION, Feed, Field, Rows, Total

_NUMBERS = ("whole", "real", "spelt")


def is_told_by_lines(feed: Feed) -> bool:
    """Whether the records of a feed stand one a line and say all in single values and lists."""
    return not (
        feed.nestings
        or feed.keyed_lists
        or feed.requirements
        or feed.covered
        or any(POSITION in path or ">" in path or "[" in path for path in looked_at_paths(feed))
        or any(field.unit_path for field in feed.scalars)
        or any(not isinstance(field, Field | Total | Rows) for field in feed.fields)
    )


def opened_objects(feed: Feed) -> frozenset[Path]:
    """The objects of a record in which something is looked for."""
    lists = {field.path for field in feed.fields if isinstance(field, Rows)}
    paths = [path for path in looked_at_paths(feed) if path not in lists]
    return frozenset(tuple(segments(one)) for path in paths for one in containers(path))


def suits(feed: Feed, layout: Layout) -> bool:
    """Whether every value of the layout is of the JSON type that the feed declares, and no line is a page."""
    leaves = {leaf.path: leaf for leaf in layout.leaves}
    if opened_objects(feed) & leaves.keys():
        return False
    page_keys = {segments(path)[0] for nesting in feed.shapes for path in (nesting[0].path,)}
    text = "".join(leaf.before for leaf in layout.leaves) + layout.after
    if not text.isascii() or any(f'"{key}"' in text for key in {*page_keys, segments(feed.more_flag)[0]}):
        return False
    if sum(leaf.kind == "spelt" for leaf in layout.leaves) > 1 or not _can_be_named(leaves):
        return False
    return all(_is_of_kind(path, field, leaves) for field in _declared(feed) for path in _paths(field))


def _can_be_named(paths: Iterable[Path]) -> bool:
    """Whether the keys can be columns of DuckDB, which do not tell upper from lower case."""
    places = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    folded = {tuple(key.lower() for key in place) for place in places}
    return len(folded) == len(places) and all(key for path in paths for key in path)


def _declared(feed: Feed) -> list[Field | Rows]:
    parts = [
        Field(field.column, "count", path)
        for field in feed.fields
        if isinstance(field, Total)
        for path in field.paths
    ]
    return [*feed.scalars, *parts, *(field for field in feed.fields if isinstance(field, Rows))]


def _paths(field: Field | Rows) -> list[str]:
    return [field.path, field.fallback] if isinstance(field, Field) and field.fallback else [field.path]


def _is_of_kind(path: str, field: Field | Rows, leaves: dict[Path, Leaf]) -> bool:
    leaf = leaves.get(tuple(segments(path)))
    if leaf is None:
        return not (isinstance(field, Field) and field.key_required)
    if isinstance(field, Rows):
        return leaf.kind == "other"
    if field.kind in TEXT_KINDS:
        return leaf.kind == "text"
    if field.may_be_quoted and leaf.kind == "text":
        return True
    return leaf.kind == "other" if field.kind == "flag" else leaf.kind in _NUMBERS


def plain_rows_sql(
    feed: Feed, layout: Layout, given: Given, bounds: DateBounds, *, segment: str, longest_line: int
) -> str:
    """Landing rows of the lines of a segment, in their order.

    Reads the relation `lines` (line, content with its line end) side by side with the values that DuckDB
    finds in the file `segment`, whose lines are the same. `is_kept` tells the rows of plain lines; the others
    are to be dropped. `is_read` is NULL in the last rows where the file gave fewer values than lines.

    `longest_line` bounds the bytes of a line.

    No where: DuckDB would push it below the reading of the values, and read them once for each condition.
    """
    columns = {leaf.path: f"leaf_{index}" for index, leaf in enumerate(layout.leaves)}
    leaves = ", ".join(
        f"value.{'.'.join(map(name, path))}::varchar as {column}" for path, column in columns.items()
    )
    found = ",\n        ".join(
        f"{columns.get(tuple(segments(path)), 'NULL::varchar')} as {name(path)}"
        for path in looked_at_paths(feed)
    )
    numbers = {leaf.path for leaf in layout.leaves if leaf.kind in _NUMBERS}
    dialect = plain_dialect(
        frozenset(name(path) for path in looked_at_paths(feed) if tuple(segments(path)) in numbers)
    )
    judged = judgements(feed, dialect, given, bounds)
    holds = [one.holds or f"({one.reason}) is null" for one in judged if one.reason != "NULL::varchar"]
    kept = "\n    and ".join(["is_plain", *holds])
    values = {column: value for one in judged for column, value in one.values}
    selected = [
        f"{given.delivery_id} as delivery_id",
        "record_line::bigint as record_line",
        f"{values.pop('activity_date')} as activity_date",
        "NULL::varchar as reject_reason",
        *(f"{value} as {column}" for column, value in values.items()),
        f"coalesce({kept}, false) as is_kept",
        "is_read",
    ]
    return f"""
with found as (
    select
        line as record_line,
        is_read,
        {_is_plain(feed, layout, columns)} as is_plain,
        {found}
    from lines
    positional join (
        select true as is_read, {leaves} from {_values(layout, segment, longest_line)} as value
    ) as read_values
),
{texts_sql(judged)}
select
    {f",{chr(10)}    ".join(selected)}
from tested
"""


def _values(layout: Layout, segment: str, longest_line: int) -> str:
    """The values of a segment as texts, a line that is no JSON object with none.

    DuckDB's buffers are of twice the size of a line; small ones stay in the processor's own memory.
    """
    shape: dict[str, Any] = {}
    for leaf in layout.leaves:
        inner = shape
        for key in leaf.path[:-1]:
            inner = inner.setdefault(key, {})
        # The text of a list is told from the list by its quotes.
        inner[leaf.path[-1]] = "JSON" if leaf.kind == "other" else "VARCHAR"
    columns = ", ".join(f"{literal(key)}: {literal(_type(inner))}" for key, inner in shape.items())
    return (
        f"read_json({literal(segment)}, format = 'newline_delimited', compression = 'uncompressed', "
        f"ignore_errors = true, maximum_object_size = {longest_line + 1024}, columns = {{{columns}}})"
    )


def _type(shape: str | dict[str, Any]) -> str:
    if isinstance(shape, str):
        return shape
    return f"STRUCT({', '.join(f'{name(key)} {_type(inner)}' for key, inner in shape.items())})"


def _is_plain(feed: Feed, layout: Layout, columns: dict[Path, str]) -> str:
    trimmed = [
        f"not coalesce(starts_with({columns[path]}, ' ') or ends_with({columns[path]}, ' '), false)"
        for path in _free_texts(feed, layout)
    ]
    conditions = [
        *_rewritten(layout, columns),
        "strlen(content) = length(content)",
        "not contains(content, chr(127))",
        *trimmed,
    ]
    return "\n    and ".join(conditions)


def _free_texts(feed: Feed, layout: Layout) -> list[Path]:
    """The texts that are looked at and could begin or end with a blank for all that their own rules say."""
    spaceless = {
        tuple(segments(path))
        for field in feed.scalars
        if field.kind in CLOCK_KINDS or field.pattern in (EMAIL, NO_SPACE)
        for path in _paths(field)
    }
    looked_at = {tuple(segments(path)) for path in looked_at_paths(feed)}
    return [
        leaf.path
        for leaf in layout.leaves
        if leaf.kind == "text" and leaf.path in looked_at and leaf.path not in spaceless
    ]


def _rewritten(layout: Layout, columns: dict[Path, str]) -> list[str]:
    """Conditions under which the values of a line, put into the layout, give the line again."""
    parts: list[list[str]] = [[]]
    spelt: Leaf | None = None
    for leaf in layout.leaves:
        column = columns[leaf.path]
        quote = '"' if leaf.kind == "text" else ""
        parts[-1].append(literal(leaf.before + ("" if leaf.may_be_null else quote)))
        if leaf.kind == "spelt":
            spelt = leaf
            parts.append([])
            continue
        written = column
        if leaf.may_be_null:
            written = f"coalesce('{quote}' || {written} || '{quote}', 'null')"
        parts[-1].append(written)
        if quote and not leaf.may_be_null:
            parts[-1].append("'\"'")
    parts[-1].append(literal(f"{layout.after}\n"))
    # One concat: a chain of || would copy the line once a value. A NULL leaves a gap, which no JSON value is.
    whole = [f"concat({', '.join(_joined(part))})" for part in parts]
    if spelt is None:
        return [f"content = {whole[0]}"]
    before, after = whole
    middle = f"substring(content, strlen({before}) + 1, strlen(content) - strlen({before}) - strlen({after}))"
    number = f"try_cast({middle} as double) is not null"
    if spelt.may_be_null:
        number = f"({number} or {middle} = 'null')"
    return [f"starts_with(content, {before})", f"ends_with(content, {after})", number]


def _joined(parts: list[str]) -> list[str]:
    """Neighbouring literals in one."""
    joined: list[str] = []
    for part in parts:
        if joined and part.startswith("'") and joined[-1].startswith("'"):
            joined[-1] = joined[-1][:-1] + part[1:]
        else:
            joined.append(part)
    return joined
