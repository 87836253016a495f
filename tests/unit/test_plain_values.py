"""The short rules of plain values: where one holds, the strict ones do too, and the value is the same."""

from __future__ import annotations

import json

import duckdb
import pytest

from orchestration.landing.plain_value_sql import judge_plain
from orchestration.landing.value_sql import TOKEN, Judged, judge, name, plain_dialect
from orchestration.sources.base import EMAIL, NO_SPACE, Field

NUMBERS = (
    *(
        "0",
        "5",
        "-5",
        "100",
        "101",
        "1000000",
        "9223372036854775808",
        "0.0",
        "-0.0",
        "0.5",
        "12.345678",
        "100.5",
    ),
    *("0.000005", "1e-05", "1.5e-07", "1e+16", "1774828800", "1774828800.25", "1774828800.1234565", "NaN"),
    *("1774828800250", "1774828800250.5", "-1.5", "253402300800", "99999999999999"),
)
TEXTS = (
    *("ann@example.com", "a@b@c", "two words", "an-id", "x" * 41, "Ann", "2026-03-30", "2026-02-30"),
    *("2026-03-30T04:43:19Z", "2026-03-30T04:43:19.5Z", "2026-03-30T24:00:00Z", "2026-03-30T04:43:19"),
    *("2026-03-30T04:43:19.1234567Z", "2026-03-30T04:43:19+02:00", "0999-03-30T04:43:19Z", "true", "5"),
)
NUMBER_FIELDS = (
    Field("value", "count", "found", maximum=100),
    Field("value", "count", "found", maximum=100, required=True),
    Field("value", "amount", "found", maximum=100, scale=12),
    Field("value", "amount", "found", maximum=100, scale=6),
    Field("value", "amount", "found", maximum=100, scale=8, factor="0.01"),
    Field("value", "epoch", "found"),
    Field("value", "epoch_ms", "found"),
    Field("value", "epoch_ms_day", "found"),
)
TEXT_FIELDS = (
    Field("value", "text", "found", max_length=40),
    Field("value", "text", "found", pattern=EMAIL, shape="an address", fold=True, max_length=40),
    Field("value", "text", "found", pattern=NO_SPACE, shape="an id", required=True),
    Field("value", "text", "found", pattern="[a-z]+", shape="a word"),
    Field("value", "time", "found"),
    Field("value", "utc_time", "found", required=True),
    Field("value", "day", "found"),
)


def _judged(judged: Judged, condition: str, values: list[str | None]) -> list[tuple[object, ...]]:
    """For each value whether the condition holds, and what it becomes."""
    texts = ", ".join(["*", *(f"{sql} as {column}" for column, sql in judged.texts)])
    tests = ", ".join(["*", *(f"{sql} as {column}" for column, sql in judged.tests)])
    query = f"""
        with found as (select unnest($1::varchar[]) as {name("found")}),
        texts as (select {texts} from found),
        tested as (select {tests} from texts)
        select coalesce({condition}, false), {judged.values[0][1]} from tested
    """
    with duckdb.connect() as database:
        return database.execute(query, [values]).fetchall()


@pytest.mark.parametrize(
    ("field", "texts", "is_text"),
    [
        *((field, NUMBERS, False) for field in NUMBER_FIELDS),
        *((field, TEXTS, True) for field in TEXT_FIELDS),
    ],
    ids=[f"{field.kind} {place}" for place, field in enumerate([*NUMBER_FIELDS, *TEXT_FIELDS])],
)
def test_where_a_short_rule_holds_the_strict_ones_do_and_give_the_value(
    field: Field, texts: tuple[str, ...], is_text: bool
) -> None:
    tokens = [*(json.dumps(text) if is_text else text for text in texts), "null"]
    strict = judge(field, TOKEN)
    by_rules = _judged(strict, f"({strict.reason}) is null", [*tokens])
    plain = judge_plain(field, plain_dialect(frozenset() if is_text else frozenset({name("found")})))
    shortly = _judged(plain, plain.holds or "", [*texts, None])
    held = [place for place, (holds, _) in enumerate(shortly) if holds]
    assert held, "it holds of nothing"
    assert [by_rules[place] for place in held] == [shortly[place] for place in held]
