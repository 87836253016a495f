"""Whether a delivery still has the format its feed declares: keys that are new, missing or retyped.

Decides over counts; where keys are found belongs to key_sets.py, remembering them to format_ledger.py.
Names of keys leave the file only where they look like names: the keys of a map can be people's addresses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orchestration.landing.key_sets import Container, declared_keys, list_fields
from orchestration.sources.base import Feed

DriftKind = Literal["new_key", "missing_key", "retyped"]

OTHER = "other"
# Letters, digits, `_`, `.`, `-`, at most 64, no run of digits as long as an id.
_NAME_LIKE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_ID_LIKE = re.compile(r"[0-9]{5}")
# An object with more unknown keys than this in one delivery is a map: its keys are data.
MAX_NEW_KEYS = 20
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


def new_keys(
    feed: Feed, container: Container, sets: Iterable[tuple[Sequence[str] | None, int]]
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
    return tuple(KeyDrift("new_key", container.key_path(key), count) for key, count in sorted(counts.items()))


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
