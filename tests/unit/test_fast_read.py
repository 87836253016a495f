"""Large files are read in pieces, plain lines by a short way: the rows must be those of the strict way.

Files are drawn, then damaged by a recorded seed; the strict way is that of small files.
"""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from orchestration.landing import fast_read, line_layout
from orchestration.landing.database import open_database
from orchestration.landing.fast_read import LEARNT_LINES
from orchestration.settings import Settings
from orchestration.sources import chatgpt, claude_code, github_copilot, litellm
from orchestration.sources.base import Feed
from tests.unit.both_readings import fast_reader, is_fast, landed, strict_reader
from tests.unit.landing_home import chat_record, claude_record, copilot_record

SEED = 20260331
RECORDS = 250
# Several pieces a file, so that line numbers and order are put to the test.
SEGMENT_BYTES = 30_000


def spend_record(number: int, chance: random.Random) -> dict[str, Any]:
    """One request of the gateway's log."""
    return {
        "request_id": f"chatcmpl-{number:08d}",
        "call_type": "acompletion",
        "api_key": f"{number % 50:064x}",
        "spend": chance.choice([0.0, 0.00125, 1e-05, 2.5, 12]),
        "total_tokens": number + 20,
        "prompt_tokens": number,
        "completion_tokens": 20,
        "startTime": f"2026-03-30T{number % 24:02d}:00:00.{number % 1000:03d}000Z",
        "endTime": chance.choice(
            ["2026-03-30T23:59:59Z", "2026-03-30T23:59:59.5", "2026-03-30 23:59:59+02:00"]
        ),
        "model": chance.choice(["claude-opus-5", "gpt-5"]),
        "user": chance.choice([f"u{number}@Bank.example", f"id-{number}", None, ""]),
        "metadata": {"user_api_key_alias": chance.choice(["key 1", "key-2", None]), "other": {"a": [1, 2]}},
        "cache_hit": "False",
        "messages": {},
        "status": "success",
    }


def _chat(number: int, chance: random.Random) -> dict[str, Any]:
    record = chat_record(f"m{number}", user_email=chance.choice([f"Ann{number}@example.com", None]))
    record["message"]["content"]["value"] = chance.choice(["plain", "two\nlines", "Grüße", 'a "quote"'])
    return record


def _claude(number: int, chance: random.Random) -> dict[str, Any]:
    return claude_record(f"ann{number}@example.com", is_remote=chance.choice([True, False, None]))


def _copilot(number: int, chance: random.Random) -> dict[str, Any]:
    return copilot_record(f"ann{number}_acme", user_id=number) | (
        {"used_cli": True} if number % 7 == 0 else {}
    )


FEEDS: dict[str, tuple[Feed, Callable[[int, random.Random], dict[str, Any]]]] = {
    "litellm": (litellm.SPEND_LOGS, spend_record),
    "chatgpt": (chatgpt.CONVERSATION_MESSAGES, _chat),
    "claude_code": (claude_code.USAGE_REPORT, _claude),
    "github_copilot": (github_copilot.USERS_1_DAY, _copilot),
}


ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    " ",
    " padded ",
    "5",
    5,
    -5,
    5.0,
    5.5,
    -0.0,
    1e300,
    2**63,
    True,
    [],
    [1],
    {},
    {"a": 1},
    "ANN@EXAMPLE.COM",
    "a@b@c",
    "two words",
    "x" * 301,
    "tab\t",
    "\u007f",
    "caf\u00e9",
    "cafe\u0301",
    "\u00a0edge\u00a0",
    "\u200b",
    "\\",
    '"',
    "null",
    "2026-03-30T24:00:00Z",
    "2026-03-30T 4:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-03-30T00:00:00+01:00",
    "-026-03-30T00:00:00Z",
    "2026-03-30T00:00:00.Z",
    "2027-01-01T00:00:00Z",
    "2020-01-01",
    "1e-5",
    "0.10",
    "+5",
    "NaN",
    "5 ",
    "2026-03-30T00:00:00.1234567Z",
)


def _every_value_in_every_place(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record again and again, each time with one value replaced, whole objects among them."""
    for key, value in record.items():
        for odd in ODD_VALUES:
            yield record | {key: odd}
        if isinstance(value, dict):
            for inner in _every_value_in_every_place(value):
                yield record | {key: inner}


def _damaged_record(record: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A record with a value replaced, a key taken away, renamed, added or moved, at any depth."""
    record = json.loads(json.dumps(record))
    inner = record
    while True:
        objects = [value for value in inner.values() if isinstance(value, dict) and value]
        if not objects or chance.random() < 0.6:
            break
        inner = chance.choice(objects)
    key = chance.choice(list(inner))
    kind = chance.randrange(5)
    if kind == 0:
        del inner[key]
    elif kind == 1:
        inner[f"{key}_new"] = inner.pop(key)
    elif kind == 2:
        inner[key] = inner.pop(key)
    else:
        inner[key] = chance.choice(ODD_VALUES)
    return record


def _damaged_line(line: str, chance: random.Random, *, repeats: bool) -> str:
    place = chance.randrange(len(line))
    damaged = [
        line[:place],
        line[:place] + chance.choice('"\\,:{}[]0 ex') + line[place:],
        line[:place] + line[place + 1 :],
        line.replace(":", " : ", 1),
        json.dumps(json.loads(line), ensure_ascii=True),
        chance.choice(["", "  ", "null", "5", '"x"', "nonsense", line + line]),
        f" {line} ",
    ]
    if repeats:
        damaged.append(line[:-1] + "," + line[1 : line.index(",")] + "}")
    return chance.choice(damaged)


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def drawn_file(name: str, seed: int, *, damage: float, repeats: bool = False) -> str:
    """Records one a line, the given share of them damaged."""
    chance = random.Random(f"{SEED} {name} {seed}")
    lines = []
    for number in range(RECORDS):
        record = FEEDS[name][1](number, chance)
        is_damaged = number > 0 and chance.random() < damage
        if is_damaged and chance.random() < 0.7:
            record, is_damaged = _damaged_record(record, chance), False
        line = _line(record)
        lines.append(_damaged_line(line, chance, repeats=repeats) if is_damaged else line)
    return "\n".join(lines) + chance.choice(["\n", "", "\n\n", "\n  \n"])


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    return open_database(Settings(duckdb_memory_limit="1GB"))


def _both(database: duckdb.DuckDBPyConnection, feed: Feed, path: Path) -> tuple[Any, Any]:
    strict, fast = strict_reader(database), fast_reader(database, SEGMENT_BYTES)
    return landed(strict, feed, path), landed(fast, feed, path)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("damage", [0.0, 0.02, 0.5])
def test_a_large_file_lands_the_rows_of_the_strict_way(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, damage: float
) -> None:
    for seed in range(2):
        path = tmp_path / f"{seed}.json"
        path.write_text(drawn_file(name, seed, damage=damage), encoding="utf-8")
        strict, fast = _both(database, FEEDS[name][0], path)
        assert fast == strict, f"seed {seed}"
        assert is_fast(path)
        if name == "litellm":
            # what the feed does not declare is seen in every line of the layout
            assert "new_key" in {drifted.kind for drifted in fast[0].drift}


@pytest.mark.parametrize("name", FEEDS)
def test_every_odd_value_in_every_place_lands_as_the_strict_way_has_it(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    feed, draw = FEEDS[name]
    chance = random.Random(f"{SEED} {name}")
    drawn = [draw(number, chance) for number in range(LEARNT_LINES)]
    path = tmp_path / "x.json"
    records = [*drawn, *_every_value_in_every_place(drawn[0])]
    path.write_text("".join(f"{_line(record)}\n" for record in records), encoding="utf-8")
    strict, fast = _both(database, feed, path)
    # Not the lists themselves: pytest would look for minutes for how thousands of rows differ.
    differing = [rows for rows in zip(strict[2], fast[2], strict=True) if rows[0] != rows[1]]
    assert differing[:3] == []
    assert fast[:2] == strict[:2]
    assert is_fast(path)


def test_many_odd_rows_are_sorted_in_among_the_plain_ones(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_read, "MAX_SLICES", 1)
    path = tmp_path / "x.json"
    path.write_text(drawn_file("litellm", 0, damage=0.5), encoding="utf-8")
    strict, fast = _both(database, litellm.SPEND_LOGS, path)
    assert fast == strict
    assert is_fast(path)


def test_keys_that_occur_twice_are_found_wherever_they_are(
    database: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    path.write_text(drawn_file("litellm", 0, damage=0.3, repeats=True), encoding="utf-8")
    strict, fast = _both(database, litellm.SPEND_LOGS, path)
    assert fast == strict
    assert not is_fast(path)
    assert "record: a key occurs twice" in {row[3] for row in fast[2]}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x.json", lambda content: content.replace(b'"m1', b'"m\x7f1')),
        ("x.json.gz", gzip.compress),
        ("x.json.zst", zstandard.compress),
        ("x.json", lambda content: b"\xef\xbb\xbf" + content),
        ("x.json", lambda content: content.replace(b"\n", b"\r\n")),
        ("x.json", lambda content: b'{"data":[' + content.strip().replace(b"\n", b",") + b"]}\n" + content),
    ],
    ids=["a control character", "gzip", "zstd", "byte order mark", "carriage returns", "a page first"],
)
def test_a_file_in_another_dress_lands_the_same_rows(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, name: str, written: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(written(drawn_file("chatgpt", 2, damage=0.0).encode()))
    strict, fast = _both(database, chatgpt.CONVERSATION_MESSAGES, path)
    assert fast == strict
    assert strict[0].record_count >= RECORDS


def test_without_files_in_memory_every_file_goes_the_strict_way(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    path = tmp_path / "x.json"
    path.write_text(drawn_file("litellm", 0, damage=0.0), encoding="utf-8")
    strict, fast = _both(database, litellm.SPEND_LOGS, path)
    assert fast == strict
    assert not is_fast(path)


@pytest.mark.parametrize("end", ["]", ""], ids=["closed", "left open"])
def test_values_nested_deeper_than_python_can_read_stop_nothing(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, end: str
) -> None:
    path = tmp_path / "x.json"
    lines = drawn_file("litellm", 0, damage=0.0).splitlines()
    for place in (0, 100, 101, 102, 200):
        lines[place] = lines[place].replace('"messages":{}', f'"messages":{"[" * 10_000}{end * 10_000}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    strict, fast = _both(database, litellm.SPEND_LOGS, path)
    assert fast == strict
    assert fast[0].record_count == RECORDS
    assert is_fast(path)


def test_a_line_of_more_values_than_a_statement_can_name_has_no_layout() -> None:
    keys = [f"k{number}" for number in range(line_layout.MAX_LEAVES + 1)]
    just, above = json.dumps(dict.fromkeys(keys[1:], 1)), json.dumps(dict.fromkeys(keys, 1))
    layout = line_layout.learn([above, above, just], frozenset())
    assert layout is not None
    assert [leaf.path for leaf in layout.leaves] == [(key,) for key in keys[1:]]
    assert line_layout.learn([above], frozenset()) is None
