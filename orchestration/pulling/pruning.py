"""Cuts records down to the allow-listed paths of their feed while they are parsed; content is never kept.

Only the shape of what may stay belongs here; whether a value is right is judged by landing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from typing import Any

from orchestration.landing.path_sql import place, segments
from orchestration.sources.base import POSITION, Feed, Field, Rows, Total

# A parsing event as ijson gives it: its name and its value.
Event = tuple[str, Any]
BEGINNINGS = ("start_map", "start_array")
Copying = Generator[None, Event, str]

# What may stay of a value: of an object (or of each object of a list) some keys, or the one plain value.
Shape = dict[str, "Shape"] | None

# Names of other keys stay, without values, so that landing sees when a vendor adds one. A key that does not
# look like a vendor's may be data (a map keyed by e-mail).
VENDOR_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def record_list(feed: Feed) -> str | None:
    """The path of the list in a page whose elements are cut down one by one; None for bare records."""
    if len(feed.shapes) > 1:
        raise TypeError(f"{feed.folder} has pages of several shapes, which nobody taught pulling.")
    return feed.shapes[0][0].path if feed.shapes else None


def allowed_shape(feed: Feed) -> dict[str, Shape]:
    """What may stay of an element of that list, or of a bare record, as a tree of keys.

    Raises TypeError for a declaration of a kind that nobody taught this module, which must not end in silent
    loss.
    """
    inner = feed.shapes[0][1:] if feed.shapes else ()
    first_name = feed.shapes[0][0].name if feed.shapes else ""
    # Where the object of each named level lies in an element; the record itself ("") is the last one.
    starts: dict[str, list[str]] = {first_name: []}
    here: list[str] = []
    for level in inner:
        here = [*here, *segments(level.path)]
        starts[level.name] = here
    starts[""] = here
    root: dict[str, Shape] = {}
    for path in _declared_paths(feed):
        found = place(path)
        if found.key is not None or found.level not in starts:
            raise TypeError(f"Pruning was not taught the path {path}.")
        if found.inner != POSITION:
            _add(root, [*starts[found.level], *segments(found.inner)])
    return root


def _declared_paths(feed: Feed) -> Iterator[str]:
    if feed.keyed_lists:
        raise TypeError(f"{feed.folder} has lists read by key, which nobody taught pruning.")
    parts = [*feed.scalars, *(part for part in feed.fields if not isinstance(part, Field))]
    for part in parts:
        yield from _paths(part)
    yield from (actor.when_path for actor in feed.actors if actor.when_path is not None)
    for requirement in feed.requirements:
        yield from (requirement.path, requirement.only_with)
    if feed.covered is not None and feed.covered.list_path == record_list(feed):
        start = f"{feed.shapes[0][0].name}>" if len(feed.shapes[0]) > 1 else ""
        yield from (f"{start}{feed.covered.starts_at}", f"{start}{feed.covered.ends_at}")


def _paths(part: object) -> Iterator[str]:
    match part:
        case Field():
            others = (part.fallback, part.unit_path, part.required_with)
            yield from (path for path in (part.path, *others) if path is not None)
        case Total():
            yield from part.paths
        case Rows():
            yield from (f"{part.path}.{inner}" for field in part.fields for inner in _paths(field))
        case _:
            raise TypeError(f"Pruning does not know the declaration {type(part).__name__}.")


def _add(root: dict[str, Shape], keys: list[str]) -> None:
    *parents, leaf = keys
    level = root
    for key in parents:
        inner = level.setdefault(key, {})
        if inner is None:
            raise TypeError(f"The path {'.'.join(keys)} goes on below a value that another path declares.")
        level = inner
    if level.setdefault(leaf, None) is not None:
        raise TypeError(f"The path {'.'.join(keys)} is declared as a value and as an object.")


def copied(event: str, value: Any, shape: Shape) -> Copying:
    """The JSON text of the value that begins with this event, cut down; receives the events that follow.

    A value of another kind than declared stays as an empty one of its kind, which landing then rejects.
    """
    if event == "start_map":
        if shape is None:
            yield from skipped()
            return "{}"
        return (yield from _copied_map(shape))
    if event == "start_array":
        if shape is None:
            yield from skipped()
            return "[]"
        return (yield from _copied_list(shape))
    return plain_text(value)


def _copied_map(shape: dict[str, Shape]) -> Copying:
    parts: list[str] = []
    while True:
        event, key = yield
        if event == "end_map":
            return "{" + ",".join(parts) + "}"
        event, value = yield
        if key in shape:
            parts.append(f"{json.dumps(key)}:" + (yield from copied(event, value, shape[key])))
            continue
        if event in BEGINNINGS:
            yield from skipped()
        if VENDOR_KEY.fullmatch(key):
            parts.append(f'"{key}":null')


def _copied_list(shape: dict[str, Shape]) -> Copying:
    parts: list[str] = []
    while True:
        event, value = yield
        if event == "end_array":
            return "[" + ",".join(parts) + "]"
        if event in BEGINNINGS:
            # A list in a list is none of objects: it stays as an empty one.
            parts.append((yield from copied(event, value, shape if event == "start_map" else None)))
        else:
            parts.append("null")


def skipped() -> Generator[None, Event, None]:
    """Let pass all events up to the end of the object or list that has just begun, however deep."""
    depth = 1
    while depth:
        event, _ = yield
        depth += (event in BEGINNINGS) - (event in ("end_map", "end_array"))


def plain_text(value: Any) -> str:
    """The JSON text of a text, number, flag or null; numbers to their last digit."""
    if value is None or isinstance(value, bool | str):
        return json.dumps(value)
    return str(value)
