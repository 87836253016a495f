"""Hostile lines in every order: wherever one stands, both ways of reading land the same and lose it alone.

Orders are drawn by a recorded seed; ADOPTION_TEST_SEED draws others. The reason and the drift of each line
are stated by hand. Damage to a record's own values belongs to test_fast_read.py.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.landing import drift, key_sets, line_layout, plain_rows_sql
from orchestration.landing.database import open_database
from orchestration.landing.judgement_sql import Given
from orchestration.landing.record_reader import CUT_SHORT, RecordReader
from orchestration.settings import Settings
from orchestration.sources import github_copilot, litellm
from orchestration.sources.base import Feed
from tests.unit.both_readings import BOUNDS, Landed, fast_reader, is_fast, landed, strict_reader
from tests.unit.json_records import spend_log
from tests.unit.landing_home import copilot_record

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("ADOPTION_TEST_SEED", "20260331"))
# Small enough that each file is read in several pieces.
# Longer than the longest of them, so that each finds room.
SEGMENT_BYTES = 400_000
LONG = "x" * 20_000
DEPTH = 10_000

NO_JSON, NO_OBJECT, TWICE = (
    "record: not valid JSON",
    "record: not a JSON object",
    "record: a key occurs twice",
)


@dataclass(frozen=True)
class Line:
    """A line; why its record is refused, if it is; the new keys it shows; the rows it becomes."""

    text: bytes
    reason: str | None = None
    new_keys: tuple[str, ...] = ()
    row_count: int = 1


@dataclass(frozen=True)
class Case:
    """A feed with a good record, the key of its date, and damage to its values: key, text and reason."""

    feed: Feed
    good: dict[str, Any]
    date_key: str
    damaged: tuple[tuple[str, str, str | None], ...]

    @property
    def line(self) -> str:
        return json.dumps(self.good, separators=(",", ":"))

    def with_text(self, text: str) -> bytes:
        """The good line with more text before its end."""
        return f"{self.line[:-1]},{text}}}".encode()

    def with_value(self, key: str, text: str) -> bytes:
        """The good line with one value written otherwise."""
        changed = json.dumps(self.good | {key: "VALUE"}, separators=(",", ":"))
        return changed.replace('"VALUE"', text).encode()


COPILOT = Case(
    github_copilot.USERS_1_DAY,
    copilot_record(),
    "day",
    (
        ("user_initiated_interaction_count", "1e400", "user_initiated_interaction_count: not a whole number"),
        ("user_initiated_interaction_count", "1" * 400, "user_initiated_interaction_count: above 1000000"),
        ("user_login", '"\\udc00"', NO_JSON),
        ("user_login", f'"{LONG}"', "user_login: longer than 100 characters"),
        ("day", "[" * DEPTH + "]" * DEPTH, "day: not a text"),
    ),
)
LITELLM = Case(
    litellm.SPEND_LOGS,
    spend_log(metadata={"user_api_key_alias": "key"}, startTime="2026-03-02T23:59:59.123456Z"),
    "startTime",
    (
        ("spend", "1e400", "spend: above 100000"),
        ("spend", "1e-400", None),
        ("spend", "NaN", "spend: not a number"),
        ("user", '"\\ud800"', NO_JSON),
        ("startTime", '{"a":' * DEPTH + "1" + "}" * DEPTH, "startTime: not a text"),
    ),
)
CASES = {"github_copilot": COPILOT, "litellm": LITELLM}


def _with_keys(case: Case, count: int) -> Line:
    """A good line with so many new keys."""
    keys = tuple(f"k{number:x}" for number in range(count))
    return Line(case.with_text(",".join(f'"{key}":0' for key in keys)), None, keys)


def _kept(case: Case) -> dict[str, Line]:
    """Lines beside which a large file is still read in pieces."""
    good, brackets, objects = case.line, "[" * DEPTH, '{"a":' * DEPTH
    missing = f"{case.date_key}: missing"
    layout, listed, named = (
        line_layout.MAX_LEAVES - len(case.good),
        key_sets.MAX_LISTED_KEYS,
        drift.MAX_NEW_KEYS,
    )
    lines = {
        "long text": Line(case.with_text(f'"long":"{LONG}"'), None, ("long",)),
        "long number": Line(case.with_text(f'"digits":{"1" * 20_000}'), None, ("digits",)),
        "long nonsense": Line(LONG.encode(), NO_JSON),
        "long bare number": Line(b"1" * 20_000, NO_OBJECT),
        "brackets left open": Line(brackets.encode(), NO_JSON),
        "objects left open": Line(objects.encode(), NO_JSON),
        "objects": Line((objects + "1" + "}" * DEPTH).encode(), missing, ("a",)),
        "brackets within": Line(case.with_text(f'"deep":{brackets}{"]" * DEPTH}'), None, ("deep",)),
        "objects within": Line(case.with_text(f'"deeper":{objects}1{"}" * DEPTH}'), None, ("deeper",)),
        "brackets open within": Line(case.with_text(f'"deep":{brackets}'), NO_JSON),
        "30,000 keys": _with_keys(case, 30_000),
        "above the named": _with_keys(case, named + 1),
        "a bare number": Line(b"5", NO_OBJECT),
        "a bare null": Line(b"null", NO_OBJECT),
        "a bare text": Line(b'"x"', NO_OBJECT),
        "an empty object": Line(b"{}", missing),
        "a record twice": Line(f"{good}{good}".encode(), NO_JSON),
        "two with a comma": Line(f"{good},{good}".encode(), NO_JSON),
        "an empty line": Line(b"", row_count=0),
        "a blank line": Line(b" \t ", row_count=0),
        "a no-break space": Line("\u00a0".encode(), NO_JSON),
        "a lone surrogate": Line(case.with_text('"s":"\\ud800"'), NO_JSON),
        "a lone surrogate in a key": Line(case.with_text('"\\udc00":1'), NO_JSON),
        "an escaped NUL": Line(case.with_text('"nul":"\\u0000"'), None, ("nul",)),
        "an escaped NUL in a key": Line(case.with_text('"\\u0000":1'), None, ("other",)),
        "an empty key": Line(case.with_text('"":1'), None, ("other",)),
        "a bad escape": Line(case.with_text('"s":"\\x"'), NO_JSON),
        "a control character": Line(case.with_text('"s":"a\x01b"'), NO_JSON),
        "1e400": Line(case.with_text('"huge":1e400'), None, ("huge",)),
        "-1e400": Line(case.with_text('"huge":-1e400'), None, ("huge",)),
        "1e-400": Line(case.with_text('"tiny":1e-400'), None, ("tiny",)),
    }
    for limit, count in (("layout", layout), ("listed", listed)):
        for by in (-1, 0, 1):
            lines[f"{limit} {by:+}"] = _with_keys(case, count + by)
    for number, (key, text, reason) in enumerate(case.damaged):
        lines[f"damaged {number} {key}"] = Line(case.with_value(key, text), reason)
    return lines


def _whole(case: Case) -> dict[str, Line]:
    """Lines on whose account a large file is read as a whole."""
    good = case.line
    first = good[1 : good.index(",")]
    return {
        "a declared key twice": Line(case.with_text(first), TWICE),
        "a new key twice": Line(case.with_text('"zz":1,"zz":2'), TWICE, ("zz",)),
        "a NUL in a text": Line(case.with_text('"s":"a\x00b"'), NO_JSON),
        "a NUL alone": Line(b"\x00", NO_JSON),
        "a NUL before": Line(f"\x00{good}".encode(), NO_JSON),
        "a NUL behind": Line(f"{good}\x00".encode(), NO_JSON),
        "another line end": Line(f"{good}\r".encode()),
        "a blank line that ends otherwise": Line(b"\r", row_count=0),
    }


def _listed(case: Case) -> dict[str, Line]:
    """Lists of records, on whose account rows are numbered instead of lines."""
    return {
        "brackets": Line(b"[" * DEPTH + b"]" * DEPTH, NO_OBJECT),
        "an empty list": Line(b"[]", row_count=0),
        "a list of one": Line(f"[{case.line}]".encode()),
    }


# Lines for which a file is refused, wherever they stand, and the beginning of what is said.
REFUSED = {
    "not UTF-8": (b'{"s":"\xff"}', "It is not UTF-8 text (line {line})"),
    "half a character": (b"\xe2\x82", "It is not UTF-8 text (line {line})"),
    "a surrogate in bytes": (b'{"s":"\xed\xa0\x80"}', "It is not UTF-8 text (line {line})"),
    "a carriage return within": (b'{"s":"a\rb"}', "It holds carriage returns that end no line"),
}


def _content(lines: Sequence[bytes], end: bytes = b"\n") -> bytes:
    return end.join(lines) + end


def _among_good(case: Case, lines: Sequence[Line]) -> list[Line]:
    """Good lines between all of them, none before the first and none behind the last."""
    good = Line(case.line.encode())
    return [line for hostile in lines for line in (hostile, good, good)][:-2]


def _expected_rows(lines: Sequence[Line], *, is_listed: bool) -> list[tuple[int, str | None]]:
    """(number, reason) of each row: by its line, or by its place among the rows of a file with a list."""
    rows: list[tuple[int, str | None]] = []
    for number, line in enumerate(lines, start=1):
        reason = f"line {number}: not valid JSON" if is_listed and line.reason == NO_JSON else line.reason
        if line.row_count:
            rows.append((len(rows) + 1 if is_listed else number, reason))
    return rows


def _expected_drift(lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    """How many records show each (kind, key); of a map of keys, how many have any."""
    found = Counter(("new_key", key) for line in lines for key in set(line.new_keys))
    if len(found) > drift.MAX_NEW_KEYS:
        found = Counter({("new_key", "other"): sum(bool(line.new_keys) for line in lines)})
    for line in lines:
        path, _, rule = (line.reason or "").partition(": ")
        if rule == "missing":
            found["missing_key", path] += 1
        elif rule in ("not a text", "not a number", "not a whole number"):
            found["retyped", path] += 1
    return found


def _shown(found: Landed) -> tuple[list[tuple[int, str | None]], Counter[tuple[str, str]]]:
    """The rows of a file that landed, each by its number and reason, and its drift."""
    assert not isinstance(found, str), found
    counted, columns, rows = found
    names = [column[0] for column in columns]
    line, reason = names.index("record_line"), names.index("reject_reason")
    assert counted.record_count == len(rows)
    assert counted.rejected_count == sum(row[reason] is not None for row in rows)
    return [(row[line], row[reason]) for row in rows], Counter(
        {(one.kind, one.key_path): one.record_count for one in counted.drift}
    )


@pytest.fixture(scope="module")
def readers() -> tuple[RecordReader, RecordReader]:
    """The strict way and the fast one."""
    database = open_database(Settings(duckdb_memory_limit="1GB"))
    return strict_reader(database), fast_reader(database, SEGMENT_BYTES)


def _read_both_ways(
    readers: tuple[RecordReader, RecordReader], case: Case, path: Path, content: bytes
) -> Landed:
    """What both ways say of a file, which must be the same."""
    path.write_bytes(content)
    strict, fast = (landed(reader, case.feed, path) for reader in readers)
    assert fast == strict
    return strict


def _orders(names: Sequence[str], chance: random.Random) -> list[list[str]]:
    """At least seven of the names in drawn orders; each of them is first in one order and last in another."""
    ring = chance.sample(names, len(names))
    orders = []
    for first, last in zip(ring, [*ring[1:], ring[0]], strict=True):
        others = [name for name in names if name not in (first, last)]
        orders.append([first, *chance.sample(others, chance.randrange(5, len(others) // 3)), last])
    return orders


@pytest.mark.parametrize("name", CASES)
def test_the_good_lines_go_the_short_way(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    layout = line_layout.learn([case.line], plain_rows_sql.opened_objects(case.feed))
    assert layout is not None
    segment = tmp_path / "segment"
    segment.write_text(f"{case.line}\n", encoding="utf-8")
    given = Given.literally("0123456789abcdef", None)
    rows = plain_rows_sql.plain_rows_sql(
        case.feed, layout, given, BOUNDS, segment=str(segment), longest_line=1 << 20
    )
    with duckdb.connect() as database:
        database.execute("create table lines (line bigint, content varchar)")
        database.execute("insert into lines values (1, $line || chr(10))", {"line": case.line})
        assert database.execute(f"select is_kept from ({rows})").fetchall() == [(True,)]


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_line_costs_only_itself_wherever_it_stands(
    readers: tuple[RecordReader, RecordReader], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    lines = _kept(case)
    for number, order in enumerate(_orders(list(lines), random.Random(f"{SEED} {name}"))):
        chosen = _among_good(case, [lines[one] for one in order])
        path = tmp_path / f"{number}.json"
        found = _shown(_read_both_ways(readers, case, path, _content([line.text for line in chosen])))
        assert found == (_expected_rows(chosen, is_listed=False), _expected_drift(chosen)), order
        begins = next(line.text for line in chosen if line.text.strip())
        assert is_fast(path) == begins.startswith(b"{"), order


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("kind", [_whole, _listed])
def test_a_line_on_whose_account_a_file_is_read_as_a_whole_costs_only_itself_too(
    readers: tuple[RecordReader, RecordReader],
    tmp_path: Path,
    name: str,
    kind: Callable[[Case], dict[str, Line]],
) -> None:
    case = CASES[name]
    chance = random.Random(f"{SEED} whole {name}")
    kept = list(_kept(case).values())
    good = Line(case.line.encode())
    for number, (label, line) in enumerate(kind(case).items()):
        for place in range(3):
            chosen = [good, *_among_good(case, chance.sample(kept, 3)), good]
            chosen.insert((0, chance.randrange(1, len(chosen)), len(chosen))[place], line)
            path = tmp_path / f"{number}_{place}.json"
            found = _shown(_read_both_ways(readers, case, path, _content([one.text for one in chosen])))
            rows = _expected_rows(chosen, is_listed=kind is _listed)
            assert found == (rows, _expected_drift(chosen)), (label, place)
            assert not is_fast(path)


@pytest.mark.parametrize("damage", REFUSED)
def test_a_line_that_makes_a_file_no_text_refuses_it_both_ways(
    readers: tuple[RecordReader, RecordReader], tmp_path: Path, damage: str
) -> None:
    text, sentence = REFUSED[damage]
    for place in (0, 50, 100):
        lines = [COPILOT.line.encode()] * 100
        lines.insert(place, text)
        said = _read_both_ways(readers, COPILOT, tmp_path / f"{place}.json", _content(lines))
        assert isinstance(said, str)
        assert said.startswith(sentence.format(line=place + 1))


@pytest.mark.parametrize("name", CASES)
def test_a_byte_order_mark_or_other_line_ends_change_nothing(
    readers: tuple[RecordReader, RecordReader], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    chosen = _among_good(case, random.Random(f"{SEED} dress {name}").sample(list(_kept(case).values()), 10))
    chosen = [Line(case.line.encode()), *chosen]
    lines = [line.text for line in chosen]
    expected = (_expected_rows(chosen, is_listed=False), _expected_drift(chosen))
    for number, content in enumerate((b"\xef\xbb\xbf" + _content(lines), _content(lines, b"\r\n"))):
        found = _read_both_ways(readers, case, tmp_path / f"{number}.json", content)
        assert _shown(found) == expected


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_ends_within_a_hostile_line_is_refused_and_after_one_it_lands(
    readers: tuple[RecordReader, RecordReader], tmp_path: Path, name: str
) -> None:
    case = CASES[name]
    for number, line in enumerate(_kept(case).values()):
        chosen = [*[Line(case.line.encode())] * 3, line]
        content = b"\n".join(one.text for one in chosen)
        found = _read_both_ways(readers, case, tmp_path / f"{number}.json", content)
        if line.reason in (NO_JSON, NO_OBJECT):
            assert found == CUT_SHORT
        else:
            assert _shown(found) == (_expected_rows(chosen, is_listed=False), _expected_drift(chosen))
