"""The short ways for plain values: where one says yes, the rule it stands for says so too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from orchestration.landing import plain_sql
from orchestration.sources.base import EMAIL, NO_SPACE

LETTERS = " +-:.,TtZzU019_eE@"
DAY = r"[1-9][0-9]{3}-(0[1-9]|1[0-2])-[0-9]{2}"
CLOCK = DAY + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
TIMES = (
    "2026-03-30T04:43:19.983000Z",
    "2026-03-30T23:59:59.5Z",
    "2026-03-30T04:43:19Z",
    "2026-03-30T04:43:19.983",
    "2026-03-30T04:43:19",
    "2026-03-30T04:43:19.5+02:00",
    "2026-03-30T04:43:19.5 UTC",
    "2026-03-30T24:00:00Z",
)


def _variants(texts: tuple[str, ...]) -> Iterator[str]:
    """Every text with one letter replaced, put in, doubled or left out, and the text itself."""
    for text in texts:
        yield text
        for place in range(len(text) + 1):
            yield text[:place] + text[place + 1 :]
            for letter in LETTERS:
                yield text[:place] + letter + text[place:]
                yield text[:place] + letter + text[place + 1 :]
                yield text[:place] + 2 * letter + text[place + 2 :]


def _plain(condition: str, texts: tuple[str, ...]) -> list[str]:
    """Those variants of which the condition on `text` is true."""
    variants = sorted({variant.strip() for variant in _variants(texts)})
    with duckdb.connect() as database:
        database.execute("create table variants as select unnest($1) as text", [variants])
        return [row[0] for row in database.execute(f"select text from variants where {condition}").fetchall()]


def _differing(pattern: str, texts: list[str]) -> list[str]:
    with duckdb.connect() as database:
        return [
            row[0]
            for row in database.execute(
                "select text from (select unnest($1) as text) where not regexp_full_match(text, $2)",
                [texts, pattern],
            ).fetchall()
        ]


@pytest.mark.parametrize(("without_zone", "zone"), [(False, "Z"), (True, "Z?")])
def test_a_plain_time_is_one_of_its_pattern(without_zone: bool, zone: str) -> None:
    plain = _plain(
        plain_sql.clock_is_plain("text", "try_cast(text as timestamp)", without_zone=without_zone), TIMES
    )
    assert {text for text in TIMES[: 5 if without_zone else 3]} <= set(plain)
    assert _differing(CLOCK + zone, plain) == []


def test_a_plain_time_is_cast_to_what_it_says() -> None:
    plain = _plain(plain_sql.clock_is_plain("text", "try_cast(text as timestamp)", without_zone=True), TIMES)
    with duckdb.connect() as database:
        cast = database.execute(
            "select try_cast(text as timestamp) from (select unnest($1) as text)", [plain]
        )
        values = [row[0] for row in cast.fetchall()]
    assert values == [datetime.fromisoformat(text.removesuffix("Z")) for text in plain]


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [(EMAIL, ("ann@example.com", "a@b", "@", "a@", "@b", "a@b@c")), (NO_SPACE, ("an-id", "two words", ""))],
)
def test_a_text_that_matches_plainly_matches(pattern: str, texts: tuple[str, ...]) -> None:
    plainly = plain_sql.matches_plainly(pattern, "text")
    assert plainly is not None
    plain = _plain(plainly, texts)
    assert texts[0] in plain
    assert _differing(pattern, plain) == []


def test_a_plain_count_is_a_whole_number() -> None:
    plain = _plain(
        plain_sql.count_is_plain("text", "try_cast(text as bigint)"),
        ("5", "-5", "1234567", "9223372036854775807", "1e3", "5.0"),
    )
    assert {"5", "-5", "1234567"} <= set(plain)
    assert _differing("-?[0-9]+", plain) == []
