"""Deliveries damaged at random, and a plain reader that counts their records without any of our SQL.

Which files there are is drawn by the tests; what becomes of each is decided here.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zstandard

from tests.unit.landing_home import (
    CHATGPT,
    CLAUDE,
    COPILOT,
    WORKERS_HEADER,
    chat_record,
    claude_record,
    copilot_record,
    worker_row,
)

CANARY = "qanary"
UNITS = "hr/org_units"
WORKERS = "hr/workers"
PAGED = (CLAUDE, CHATGPT)
CSV = (WORKERS, UNITS)
RECORDS: dict[str, Callable[[str], dict[str, Any]]] = {
    CLAUDE: lambda name: claude_record(f"{name}@x.org", note=CANARY),
    COPILOT: lambda name: copilot_record(
        name, note=CANARY, totals_by_cli={"session_count": 1, CANARY + "@x": 1}
    ),
    CHATGPT: lambda name: chat_record(name, title=CANARY),
}
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e300,
    10**40,
    "",
    CANARY,
    f"{CANARY}\x00",
    "\u202e\u200b",
    [],
    {},
    [[[{}]]],
    {CANARY + "@x.org": 1},
    "1,000",
    "1970-01-01",
    float("nan"),
)
ODD_LINES = (
    "",
    "   ",
    "{",
    "[",
    "[]",
    "]",
    "5",
    "null",
    f'"{CANARY}"',
    f"{CANARY}\x01{CANARY}",
    '{"data": 5}',
    '{"data": []}',
    "[" * 3_000,
    '{"a":' * 2_000,
    f'{{"day": "2026-03-02", "day": "{CANARY}"}}',
    f'"{CANARY},"x"",y',
)


@dataclass(frozen=True)
class Damage:
    """Which record or line by its place in the file, what happens to it, and with which odd value."""

    place: int
    kind: int
    choice: int


@dataclass(frozen=True)
class Damaged:
    """One file to be: the feed, how many records, how they lie, what happens to records, lines and bytes."""

    feed: str
    record_count: int
    layout: int
    damages: tuple[Damage, ...]
    packing: int
    bytes_kind: int
    bytes_place: int

    @property
    def suffix(self) -> str:
        """The end of its name."""
        kind = ".csv" if self.feed in CSV else ".json"
        return kind + ("", "", ".gz", ".zst")[self.packing]


def drawn(number: int) -> Damaged:
    """The file that a number stands for."""
    chance = random.Random(number)
    damages = [Damage(chance.randrange(100), chance.randrange(10), chance.randrange(16)) for _ in range(4)]
    return Damaged(
        feed=chance.choice((CLAUDE, COPILOT, CHATGPT, WORKERS, UNITS)),
        record_count=chance.randrange(13),
        layout=chance.randrange(5),
        damages=tuple(damages[: chance.randrange(5)]),
        packing=chance.randrange(4),
        bytes_kind=chance.randrange(24),
        bytes_place=chance.randrange(100),
    )


def content(file: Damaged) -> bytes:
    """The bytes of a damaged file."""
    text = _csv_text(file) if file.feed in CSV else _json_text(file)
    data = text.encode("utf-8", "replace")
    if file.bytes_kind == 4:
        data = data.replace(b"\n", b"\r\n")
    if file.bytes_kind == 5:
        data = b"\xef\xbb\xbf" + data
    if file.bytes_kind == 6:
        data = data.removesuffix(b"\n")
    if file.packing == 2:
        data = gzip.compress(data)
    elif file.packing == 3:
        data = zstandard.compress(data)
    spoil = _BYTE_DAMAGES.get(file.bytes_kind)
    return spoil(data, file.bytes_place) if spoil else data


_BYTE_DAMAGES: dict[int, Callable[[bytes, int], bytes]] = {
    0: lambda data, place: data[: len(data) * place // 100],
    1: lambda data, place: _with_byte(data, place, 0xFF),
    2: lambda data, place: _with_byte(data, place, 0x01),
    3: lambda data, _: data + b"\x00tail",
    7: lambda data, _: b"<html>" + data,
    8: lambda data, place: data[: len(data) * place // 100] + data[len(data) * place // 100 + 3 :],
}


def _with_byte(data: bytes, place: int, mask: int) -> bytes:
    at = len(data) * place // 100
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :] if data else data


def _json_text(file: Damaged) -> str:
    records = [RECORDS[file.feed](f"{CANARY}{number}") for number in range(file.record_count)]
    for damage in file.damages:
        if damage.kind < 6 and records:
            _spoil_record(records, damage)
    if file.layout == 1 and file.feed in PAGED:
        lines = [json.dumps({"data": records, "has_more": False}, ensure_ascii=False)]
    elif file.layout == 2 and file.feed in PAGED:
        return json.dumps({"data": records, "has_more": False}, indent=1, ensure_ascii=False) + "\n"
    elif file.layout == 3:
        lines = [json.dumps(records[::2], ensure_ascii=False), json.dumps(records[1::2], ensure_ascii=False)]
    else:
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
    return _spoil_lines(lines, file)


def _spoil_record(records: list[dict[str, Any]], damage: Damage) -> None:
    record = records[damage.place % len(records)]
    keys = sorted(record)
    key = keys[damage.choice % len(keys)]
    if damage.kind == 0:
        del record[key]
    elif damage.kind == 1:
        record[f"{key}_v2"] = record.pop(key)
    elif damage.kind == 2:
        record[key] = ODD_VALUES[damage.place % len(ODD_VALUES)]
    elif damage.kind == 3:
        for one in records:
            one[f"{key}_v2"] = one.pop(key, None)
    elif damage.kind == 4:
        for one in records:
            one[key] = ODD_VALUES[damage.place % len(ODD_VALUES)]
    else:
        records.append(dict(record))


def _csv_text(file: Damaged) -> str:
    if file.feed == WORKERS:
        header, rows = WORKERS_HEADER, [worker_row(f"{CANARY}{n}").strip() for n in range(file.record_count)]
    else:
        header = "org_unit_id,org_unit_name,parent_org_unit_id"
        rows = [f"{CANARY}{n},name," for n in range(file.record_count)]
    if file.layout == 1:
        header = header.replace("hired_date", "hire_date").replace("org_unit_name", "name")
    return _spoil_lines([header, *rows], file)


def _spoil_lines(lines: list[str], file: Damaged) -> str:
    for damage in file.damages:
        place = damage.place % (len(lines) + 1)
        if damage.kind == 6:
            lines.insert(place, ODD_LINES[damage.choice])
        elif lines and damage.kind == 7:
            lines[place % len(lines)] = lines[place % len(lines)][: damage.choice * 4]
        elif lines and damage.kind == 8:
            lines[place % len(lines)] += ODD_LINES[damage.choice]
        elif lines and damage.kind == 9:
            lines.append(lines[place % len(lines)])
    return "".join(f"{line}\n" for line in lines)


def counted_records(file: Damaged, data: bytes) -> int | None:
    """How many records the bytes hold, read line by line; None where they cannot be unpacked, or no text."""
    try:
        if file.packing == 2:
            data = gzip.decompress(data)
        elif file.packing == 3:
            # not at once: a damaged head may announce terabytes
            unpacker = zstandard.ZstdDecompressor().decompressobj()
            data = unpacker.decompress(data)
            if not unpacker.eof or unpacker.unused_data:
                return None
        text = data.decode("utf-8-sig")
    except (OSError, EOFError, ValueError, zlib.error, zstandard.ZstdError):
        return None
    lines = [line for line in text.split("\n") if line.strip(" \t\r\n")]
    if file.feed in CSV and not (lines and lines[0].lstrip().startswith(("{", "["))):
        return max(len(lines) - 1, 0)
    if len(lines) > 1 and _parsed(lines[0]) is _NOTHING:
        whole = _parsed(text)
        if whole is not _NOTHING:
            return _records_in(whole, file.feed)
    return sum(_records_in(_parsed(line), file.feed) for line in lines)


_NOTHING = object()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _records_in(value: Any, feed: str) -> int:
    if isinstance(value, list):
        return sum(_records_of_page(element, feed) for element in value)
    return _records_of_page(value, feed)


def _records_of_page(value: Any, feed: str) -> int:
    if feed in PAGED and isinstance(value, dict) and isinstance(value.get("data"), list):
        return len(value["data"])
    return 1
