"""What to look for in an answer, and what was found in it: records cut down, signs of further pages.

How an answer is taken apart belongs to event_walk.py and value_walk.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orchestration.pulling import pruning
from orchestration.pulling.failures import PullFailed

MAX_SIGN_BYTES = 1 << 20


@dataclass(frozen=True)
class Wanted:
    """What to look for in a body: the records in the list at the path `array`, or, where there is none, as
    the documents themselves or the elements of a list (`is_bare`), cut down to `shape`; and plain values, or
    lists of them, at the paths `signs`. `is_one`: the body is one document, not several in a row.
    """

    shape: dict[str, pruning.Shape] = field(default_factory=dict)
    array: str | None = None
    is_bare: bool = False
    signs: frozenset[str] = frozenset()
    is_one: bool = True

    def leads_on(self, path: str) -> bool:
        """Whether something that is wanted may lie below a path of the answer."""
        return not path or any(other.startswith(f"{path}.") for other in (*self.signs, self.array or ""))


@dataclass
class Found:
    """What a body held besides its records: plain values by path, and a digest of the records."""

    signs: dict[str, list[Any]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    record_count: int = 0
    digest: str = ""

    def sign(self, path: str) -> Any:
        """The plain value at a path of the answer; None where there is none."""
        values = self.signs.get(path)
        return values[0] if values else None


class Gathering:
    """Fills in what was found, and hands each record on as JSON text."""

    def __init__(self, receive: Callable[[str], None]) -> None:
        self.found = Found()
        self._receive = receive
        self._hash = hashlib.sha256()
        self._sign_size = 0

    def record(self, text: str) -> None:
        """One record, cut down."""
        self.found.record_count += 1
        self._hash.update(text.encode() + b"\n")
        self._receive(text)

    def sign(self, path: str, value: Any) -> None:
        """A plain value at a path that is wanted; None for one that is there and is not plain."""
        self._sign_size += len(str(value))
        if self._sign_size > MAX_SIGN_BYTES:
            raise PullFailed("The answer says more about its next pages than anybody needs.")
        self.found.signs.setdefault(path, []).append(value)

    def finish(self) -> Found:
        """Everything was read."""
        self.found.digest = self._hash.hexdigest()
        return self.found
