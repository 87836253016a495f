"""Cuts records down to the allow-listed paths of their feed while they are parsed; content is never kept.

Only the shape of what may stay belongs here; whether a value is right is judged by landing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from typing import Any

from orchestration.sources.base import Feed, Field, Rows, Total

# A parsing event as ijson gives it: its name and its value.
Event = tuple[str, Any]
BEGINNINGS = ("start_map", "start_array")
Copying = Generator[None, Event, str]

# What may stay of a value: of an object (or of each object of a list) some keys, or the one plain value.
Shape = dict[str, "Shape"] | None

# Names of other keys stay, without values, so that landing sees when a vendor adds one. A key that does not
# look like a vendor's may be data (a map keyed by e-mail).
VENDOR_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


def allowed_shape(feed: Feed) -> dict[str, Shape]:
    """The keys of a record, as a tree, that the feed declares. Raises TypeError for a declaration of a kind
    that nobody taught this module, which must not end in silent loss.
    """
    root: dict[str, Shape] = {}
    parts = [*feed.fields, *(actor.name for actor in feed.actors)]
    paths = [path for part in parts for path in _paths(part)]
    paths += [actor.when_path for actor in feed.actors if actor.when_path is not None]
    paths += list(_paths(feed.date_field)) if feed.date_field is not None else []
    for path in paths:
        _add(root, path)
    return root


def _paths(part: Field | Total | Rows) -> Iterator[str]:
    match part:
        case Field():
            yield from (path for path in (part.path, part.fallback, part.unit_path) if path is not None)
        case Total():
            yield from part.paths
        case Rows():
            yield from (f"{part.path}.{inner}" for field in part.fields for inner in _paths(field))
        case _:
            raise TypeError(f"Pruning does not know the declaration {type(part).__name__}.")


def _add(root: dict[str, Shape], path: str) -> None:
    *parents, leaf = path.split(".")
    level = root
    for key in parents:
        inner = level.setdefault(key, {})
        if inner is None:
            raise TypeError(f"The path {path} goes on below a value that another path declares.")
        level = inner
    if level.setdefault(leaf, None) is not None:
        raise TypeError(f"The path {path} is declared as a value and as an object.")


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
