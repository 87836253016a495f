"""How the path of a declaration is taken apart: the level it starts from, its keys, the key of a keyed list.

Nothing is read here; where values are found belongs to record_sql.py, nesting_sql.py and keyed_list_sql.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A dot within double quotes belongs to the key.
_DOT = re.compile(r'\.(?=(?:[^"]*"[^"]*")*[^"]*$)')


@dataclass(frozen=True)
class Place:
    """Where a path leads: below the object of a named level ("" is the record), in a list by its key."""

    level: str
    inner: str
    key: str | None

    @property
    def list_path(self) -> str:
        """The path of the keyed list itself, from its level."""
        return f"{self.level}>{self.inner}" if self.level else self.inner


def place(path: str) -> Place:
    """A path in its parts; `level>a.b[key]` has all of them."""
    start, bracket, key = path.partition("[")
    level, _, inner = start.rpartition(">")
    return Place(level, inner, key[:-1] if bracket else None)


def segments(path: str) -> list[str]:
    """The keys of a path one by one, without their quotes."""
    return [segment.strip('"') for segment in _DOT.split(path)]


def containers(path: str) -> list[str]:
    """Every object on the way to a value, outermost first; for a value of a keyed list, to the list."""
    start = path.partition("[")[0]
    return [start[: dot.start()] for dot in _DOT.finditer(start)]
