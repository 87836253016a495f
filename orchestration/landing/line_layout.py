"""How one program writes its records: the same keys in the same order, learnt from the first lines of a file.

A line is of the layout if its own values, put into it, give the line again. What the SQL of that is belongs
to plain_rows_sql.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# text, whole: JSON strings and whole numbers | real: a number to be written as DuckDB writes it |
# spelt: one written otherwise (1E-5, 0.50) |
# other: true, false, lists, objects in which no declared value lies
Path = tuple[str, ...]
LeafKind = Literal["text", "whole", "real", "spelt", "other"]

# Below this share of the values of a leaf, a kind is an exception.
RARE_SHARE = 0.1
# A line of more values has no layout: a statement names each of them, so its cost grows with their square.
MAX_LEAVES = 500

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Leaf:
    """One value of every line: the text that stands before it, its path, and how it is written.

    `may_be_null`: some of the lines say null. A leaf of which nothing but null was seen is part of the text.
    """

    before: str
    path: Path
    kind: LeafKind
    may_be_null: bool


@dataclass(frozen=True)
class Layout:
    """The leaves of a line in their order, and the text after the last."""

    leaves: tuple[Leaf, ...]
    after: str


class _NoLayout(ValueError):
    """A line that is no object, says a key twice, or says more than a statement can name."""


@dataclass(frozen=True)
class _Token:
    before: str
    path: Path
    text: str


def learn(lines: Sequence[str], opened: frozenset[Path]) -> Layout | None:
    """The layout of the most common shape among some lines; `opened` are the objects that are looked into.

    None if no line has one that can be told.
    """
    shapes: dict[tuple[str, tuple[tuple[str, Path], ...]], list[list[_Token]]] = {}
    for line in lines:
        try:
            tokens, after = _tokens(line, opened)
        except (ValueError, IndexError, RecursionError):
            continue
        shape = (after, tuple((token.before, token.path) for token in tokens))
        shapes.setdefault(shape, []).append(tokens)
    if not shapes:
        return None
    shape, rows = max(shapes.items(), key=lambda item: len(item[1]))
    leaves: list[Leaf] = []
    pending = ""
    for column in zip(*rows, strict=True):
        before = pending + column[0].before
        kinds = Counter(kind for token in column if (kind := _kind(token.text)))
        if not kinds:
            pending = f"{before}null"
            continue
        pending = ""
        leaves.append(
            Leaf(before, column[0].path, _widest(kinds), any(token.text == "null" for token in column))
        )
    return Layout(tuple(leaves), pending + shape[0])


def _widest(kinds: Counter[LeafKind]) -> LeafKind:
    """The kind that holds nearly all values; a few others are damaged, and their lines not of the layout."""
    common = {kind for kind, count in kinds.items() if count >= RARE_SHARE * kinds.total()}
    if len(common) == 1:
        return common.pop()
    if common <= {"whole", "real", "spelt"}:
        return "spelt" if "spelt" in common else "real"
    return "other"


def _kind(text: str) -> LeafKind | None:
    """How a token is written; None for null."""
    if text == "null":
        return None
    if text.startswith('"'):
        return "text"
    if text[0] in "-0123456789":
        if text.lstrip("-").isdigit():
            return "whole"
        return "real" if text == repr(float(text)) else "spelt"
    return "other"


def _tokens(line: str, opened: frozenset[Path]) -> tuple[list[_Token], str]:
    tokens: list[_Token] = []
    done = _Reader(line, opened, tokens).object(0, (), 0)[1]
    return tokens, line[done:]


@dataclass(frozen=True)
class _Reader:
    """Takes one line apart."""

    line: str
    opened: frozenset[Path]
    tokens: list[_Token]

    def object(self, start: int, path: Path, done: int) -> tuple[int, int]:
        """Collect the tokens of the object at `start`; its end, and up to where text is accounted for."""
        line = self.line
        if line[start] != "{":
            raise _NoLayout
        place = self._skip(start + 1)
        keys: set[str] = set()
        while line[place] != "}":
            key, place = _DECODER.raw_decode(line, place)
            place = self._skip(place)
            if not isinstance(key, str) or key in keys or line[place] != ":":
                raise _NoLayout
            keys.add(key)
            place, done = self._value(self._skip(place + 1), (*path, key), done)
            place = self._skip(place)
            if line[place] == ",":
                place = self._skip(place + 1)
        return place + 1, done

    def _value(self, place: int, path: Path, done: int) -> tuple[int, int]:
        if self.line[place] == "{" and path in self.opened:
            return self.object(place, path, done)
        if len(self.tokens) == MAX_LEAVES:
            raise _NoLayout
        _, end = _DECODER.raw_decode(self.line, place)
        self.tokens.append(_Token(self.line[done:place], path, self.line[place:end]))
        return end, end

    def _skip(self, place: int) -> int:
        while self.line[place] in _SPACE:
            place += 1
        return place
