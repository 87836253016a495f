"""Bodies are taken apart at once where they are plain: the records and signs must be those read by events.

Bodies are drawn, damaged by a recorded seed, and fed in pieces of any size.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from orchestration.pulling import body
from orchestration.pulling.body import JsonReading
from orchestration.pulling.event_walk import EventWalk
from orchestration.pulling.failures import PullFailed
from orchestration.pulling.found import Found, Gathering, Wanted

SEED = 20260330
BODIES = 400
SHAPE: dict[str, Any] = {"day": None, "n": None, "actor": {"name": None}, "parts": {"count": None}}
PAGE = Wanted(SHAPE, array="data", signs=frozenset({"next", "has_more", "links"}))
FILE = Wanted(SHAPE, is_bare=True, is_one=False)
ONE_BARE = replace(FILE, is_one=True)
# A whole surrogate pair; of halves there is a test of its own.
PAIR = "\\ud83d\\ude00"
LETTERS = (
    *("\\\\", "\\u00e9", PAIR, "\\u0000", "\\n", "\\x", "\t"),
    *("é", "e\u0301", "\u2028", "\U0001f600", "\x7f", "a", "Z", " "),
)
NUMBERS = (
    "0",
    "-0",
    "01",
    "7",
    "-12",
    "1.50",
    "1e5",
    "1E+400",
    "-0.0",
    "1.",
    ".5",
    "9" * 30,
    "NaN",
    "Infinity",
)
KEYS = (
    *SHAPE,
    "name",
    "count",
    "new_key",
    "new key",
    "ann@example.com",
    "nested.key",
    "data",
    "next",
    "links",
    "",
)
BLANKS = ("", "", "", " ", "\n", "\r\n", "\t", "\v", "\f", "\u00a0")
# What of an answer comes of it: records and signs, or the complaint.
Outcome = tuple[list[str], Found] | tuple[str, str]


def _text(chance: random.Random) -> str:
    plain = json.dumps(
        chance.choice(["2026-03-30", "Grüße", "x" * 40, ""]), ensure_ascii=chance.random() < 0.5
    )
    odd = "".join(chance.choices(LETTERS, k=3))
    return plain if chance.random() < 0.9 else f'"{odd}"'


def _value(chance: random.Random, depth: int = 0) -> str:
    """A JSON value, now and then one that is none."""
    kind = chance.random()
    if depth < 3 and kind < 0.3:
        return _object(chance, depth + 1)
    if depth < 3 and kind < 0.45:
        return "[" + ",".join(_value(chance, depth + 1) for _ in range(chance.randrange(4))) + "]"
    if kind < 0.7:
        return _text(chance)
    if kind < 0.85:
        return chance.choice(NUMBERS[:2] + NUMBERS[3:9] if chance.random() < 0.97 else NUMBERS)
    return chance.choice(["true", "false", "null"])


def _object(chance: random.Random, depth: int = 0) -> str:
    pairs = [
        f"{json.dumps(chance.choice(KEYS))}{chance.choice(BLANKS[:5])}:{_value(chance, depth)}"
        for _ in range(chance.randrange(6))
    ]
    return "{" + ",".join(pairs) + "}"


def _page(chance: random.Random) -> str:
    records = ",".join(_object(chance) for _ in range(chance.randrange(5)))
    parts = [f'"data":[{records}]', f'"has_more":{_value(chance, 2)}', f'"links":{_value(chance)}']
    parts += [f'"next":{_text(chance)}', f'"other":{_value(chance)}']
    chance.shuffle(parts)
    return "{" + ",".join(parts) + "}"


def _file(chance: random.Random) -> str:
    lines = [_object(chance) for _ in range(chance.randrange(6))]
    if chance.random() < 0.2:
        lines.append(
            chance.choice([_value(chance), json.dumps({"n": 1}, indent=1), "[" + ",".join(lines) + "]"])
        )
    ends = chance.choice(["\n", "\n", "\r\n", "\n\n", " ", "", " \n\v"])
    return ends.join(lines) + chance.choice(["\n", ""])


def _bare(chance: random.Random) -> str:
    records = [_object(chance) for _ in range(chance.randrange(5))]
    return chance.choice([_object(chance), "[" + ",".join(records) + "]"])


def _damaged(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return chance.choice(
        [
            data[:place],
            data[:place] + data[place + 1 :],
            data[:place] + bytes([chance.randrange(256)]) + data[place:],
            data[:place]
            + chance.choice([b'"', b"{", b"}", b",", b"\n", b"]", b"\xed\xa0\x80", b"\xc3"])
            + data[place:],
            data + data,
            b"\xef\xbb\xbf" + data,
        ]
    )


def _fed(feed: Callable[[bytes], None], data: bytes, chance: random.Random) -> None:
    start = 0
    while start < len(data):
        size = chance.choice([1, 3, 17, 100, 1 << 16])
        feed(data[start : start + size])
        start += size


def _outcome(read: Callable[[list[str]], Found]) -> Outcome:
    texts: list[str] = []
    try:
        return texts, read(texts)
    except PullFailed as error:
        return type(error).__name__, str(error)


def _by_events(data: bytes, wanted: Wanted, chance: random.Random) -> Outcome:
    def read(texts: list[str]) -> Found:
        gathering = Gathering(texts.append)
        walk = EventWalk(wanted, gathering)
        _fed(walk.feed, data, chance)
        walk.finish()
        return gathering.finish()

    return _outcome(read)


def _as_pulled(data: bytes, wanted: Wanted, chance: random.Random) -> Outcome:
    def read(texts: list[str]) -> Found:
        reading = JsonReading(wanted, texts.append)
        _fed(reading.feed, data, chance)
        return reading.finish()

    return _outcome(read)


@pytest.mark.parametrize("limit", [60, body.AT_ONCE_BYTES], ids=["long", "short"])
@pytest.mark.parametrize(
    ("wanted", "draw"), [(PAGE, _page), (FILE, _file), (ONE_BARE, _bare)], ids=["page", "file", "bare"]
)
def test_both_ways_of_reading_say_the_same(
    wanted: Wanted, draw: Callable[[random.Random], str], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "AT_ONCE_BYTES", limit)
    chance = random.Random(f"{SEED} {draw.__name__} {wanted.is_one} {limit}")
    whole = 0
    for _ in range(BODIES):
        data = draw(chance).encode()
        if chance.random() < 0.4 and PAIR.encode() not in data:
            data = _damaged(data, chance)
        data = data.lstrip()
        if not data or data.startswith(b"<"):
            continue
        expected = _by_events(data, wanted, chance)
        assert _as_pulled(data, wanted, chance) == expected, data
        whole += not isinstance(expected[0], str)
    assert BODIES // 8 < whole < BODIES


@pytest.mark.parametrize("limit", [60, body.AT_ONCE_BYTES], ids=["long", "short"])
def test_what_only_one_parser_takes_is_read_by_events(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "AT_ONCE_BYTES", limit)
    record = '{"n":1}'
    for text, records in (
        (f"{record}{record}\n{record}", [record] * 3),
        ('{"n":\n1}\n' + record, [record] * 2),
        (f"[\n{record},\n{record}\n]", [record] * 2),
        (f"{record}\n" + '{"day":{"x":1}}', [record, '{"day":{}}']),
        ("5\n", ["5"]),
    ):
        found, _ = _as_pulled(text.encode(), FILE, random.Random(SEED))
        assert found == records
    for text in ('{"n":NaN}', '{"n":1}\n{"n":-Infinity}', '{"n":1', '{"n":1}\n{"n":"\x01"}', '{"n":1}\n]'):
        assert _as_pulled(text.encode(), FILE, random.Random(SEED))[0] == "Passing"


def test_half_a_letter_harms_nothing_in_a_text_that_goes_anyway() -> None:
    """Vendors cut titles between the halves of a surrogate pair; in a name that stays it is damage."""
    for half in ("\\ude00 x", "x \\ud83d", "\\ude00\\ud83d"):
        record = f'{{"note":"{half}","more":{{"note":["{half}"]}},"n":1}}'
        for text, wanted in ((f'{{"data":[{record}]}}', PAGE), (f"{record}\n", FILE)):
            found, _ = _as_pulled(text.encode(), wanted, random.Random(SEED))
            assert found == ['{"note":null,"more":null,"n":1}']
    for text in ('{"day":"\\ude00"}', '{"n":1' + "0" * 5000 + "}", '{"n":1e99999999999999999999}'):
        assert _as_pulled(text.encode(), FILE, random.Random(SEED))[0] == "Passing"


def test_plain_bodies_are_never_read_by_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "EventWalk", None)
    page = {
        "data": [{"day": "Grüße \U0001f600", "n": 1.5, "note": {"a": [1]}}],
        "has_more": False,
        "next": None,
    }
    for text in (json.dumps(page), json.dumps(page, indent=2), json.dumps(page, ensure_ascii=False)):
        found, summary = _as_pulled(text.encode(), PAGE, random.Random(SEED))
        assert found == ['{"day":"Gr\\u00fc\\u00dfe \\ud83d\\ude00","n":1.5,"note":null}']
        assert isinstance(summary, Found)
        assert summary.sign("has_more") is False
        assert summary.lists == {"data"}
    lines = '{"n":1}\r\n\n{"n":2}\n{"n":3}'
    assert _as_pulled(lines.encode(), FILE, random.Random(SEED))[0] == ['{"n":1}', '{"n":2}', '{"n":3}']
