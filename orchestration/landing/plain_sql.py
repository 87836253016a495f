"""Shorter ways for plain values: what holds of nearly every value, told without a regular expression.

Each is SQL that is true only where the rule of value_sql.py surely comes out well; where it is not true, that
rule decides. So a short way can cost time, never change a row. Builds text only.
"""

from __future__ import annotations

from orchestration.sources.base import EMAIL, NO_SPACE, Field

_CLOCK = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"

# On text of printable letters without a control character among them.
_PLAIN_MATCHES = {
    NO_SPACE: "{text} <> '' and not contains({text}, ' ')",
    EMAIL: "{text} like '_%@_%' and not {text} like '%@%@%' and not contains({text}, ' ')",
}


def plain_text(token: str, otherwise: str) -> str:
    """The text of a JSON token: without its quotes where it is ASCII with nothing to decode or to trim.

    A token holds no bare control character, so a blank is all the white space there can be at its ends.
    """
    return (
        f"case when starts_with({token}, '\"') and strlen({token}) = length({token}) "
        f"and not {may_hold_controls(token)} "
        f"and not starts_with({token}, '\" ') and not ends_with({token}, ' \"') "
        f"then substring({token}, 2, strlen({token}) - 2) else {otherwise} end"
    )


def may_hold_controls(token: str) -> str:
    """Whether the text of a JSON token could hold one of the control characters of ASCII."""
    return f"(contains({token}, '\\') or contains({token}, chr(127)))"


def matches_plainly(pattern: str, text: str) -> str | None:
    """Whether a text without control characters surely matches a pattern; None if that is not known."""
    known = _PLAIN_MATCHES.get(pattern)
    return f"({known.format(text=text)})" if known else None


def count_is_plain(found: str, count: str) -> str:
    """Whether a value is a whole number as DuckDB itself writes it; `count` is the number it reads."""
    return f"coalesce({count}::varchar = {found}, false)"


def text_holds(field: Field, text: str) -> str:
    """Whether a text of printable ASCII surely keeps the rules of its field."""
    conditions = [f"strlen({text}) <= {field.max_length}"]
    if field.pattern:
        pattern = field.pattern.replace("'", "''")
        conditions.append(matches_plainly(field.pattern, text) or f"regexp_full_match({text}, '{pattern}')")
    return " and ".join(conditions)


def clock_is_plain(text: str, time: str, *, without_zone: bool) -> str:
    """Whether a text is a time in UTC, with up to six digits after the point, that a cast reads as it stands.

    It ends in Z, or in nothing where it may be `without_zone`. `time` is what the cast makes of it.
    """
    fits = (
        f"strlen({text}) <= 27 and not ends_with({text}, '.Z') and {text} >= '1' and {text} < ':' "
        f"and {text}[12:13] <> '24' and not contains({text}, ' ') "
        f"and {time} is not null"
    )
    otherwise = f"regexp_full_match({text}, '{_CLOCK}') and {fits}" if without_zone else "false"
    return (
        f"case when {text} like '____-__-__T__:__:__.%Z' then {fits} "
        f"when {text} like '____-__-__T__:__:__Z' then {fits} else {otherwise} end"
    )
