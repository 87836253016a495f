"""Points in time and days as vendors write them, as SQL: the rule a value must keep, and its value in UTC.

Builds text only; counts, amounts and texts belong to value_sql.py. A leap second has no place in a TIMESTAMP
and is refused, as is a time without a zone unless the feed says that it is UTC.
"""

from __future__ import annotations

DAY_KINDS = ("day", "utc_day")
CLOCK_KINDS = ("time", "utc_time")
# Digits after the point that are read, and how many microseconds are one.
_EPOCHS = {"epoch": (6, 1_000_000), "epoch_ms": (3, 1_000), "epoch_ms_day": (3, 1_000)}
EPOCH_KINDS = (*_EPOCHS, "epoch_ns")

_NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_DAY = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
# Midnight in UTC, said so: without a zone, or at another hour, the day would be a guess.
_UTC_DAY = _DAY + r"(T00:00:00(\.0+)?(Z|\+00:00))?"
_CLOCK = _DAY + r"[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
_OFFSET = "[+-]([01][0-9]|2[0-3]):?[0-5][0-9]"
_DAY_MS = 86_400_000

Rule = tuple[str, str]


def day_sql(text: str) -> str:
    """The DATE of a text that begins with one."""
    return f"try_cast(left({text}, 10) as date)"


def day_rules(kind: str, text: str) -> list[Rule]:
    """(condition, reason) for a day written as text."""
    pattern, shape = (_DAY, "a date (YYYY-MM-DD)") if kind == "day" else (_UTC_DAY, "a day in UTC")
    return [(f"(not regexp_full_match({text}, '{pattern}') or {day_sql(text)} is null)", f"not {shape}")]


def clock_sql(text: str) -> str:
    """The TIMESTAMP in UTC of a clock time: less its offset, which a cast of DuckDB passes over."""
    with_colon, without = f"right({text}, 6)", f"right({text}, 5)"
    is_zulu = f"ends_with({text}, 'Z')"
    # Told by their ends, as millions of them are read: a pattern would take ten times as long.
    return f"""case
        when {is_zulu} then {_instant(text, 1)}
        when left({with_colon}, 1) in ('+', '-') then {_instant(text, 6)} - {_offset(with_colon)}
        when left({without}, 1) in ('+', '-') then {_instant(text, 5)} - {_offset(without)}
        else {_instant(text, 0)}
    end"""


def _instant(text: str, zone_length: int) -> str:
    """The clock time before its zone; six digits of a second are kept."""
    clock = f"left({text}, length({text}) - {zone_length})" if zone_length else text
    return f"try_cast(left({clock}, 26) as timestamp)"


def _offset(offset: str) -> str:
    minutes = f"try_cast(substring({offset}, 2, 2) as integer) * 60 + try_cast(right({offset}, 2) as integer)"
    return f"to_minutes(({minutes}) * case when starts_with({offset}, '-') then -1 else 1 end)"


def clock_rules(kind: str, text: str) -> list[Rule]:
    """(condition, reason) for a clock time, with its zone unless the kind does without."""
    zone = f"(Z|{_OFFSET})" + ("?" if kind == "utc_time" else "")
    shape = "a time" if kind == "utc_time" else "a time with its zone"
    is_time = f"regexp_full_match({text}, '{_CLOCK}{zone}') and {clock_sql(text)} is not null"
    return [(f"not ({is_time})", f"not {shape}")]


def epoch_sql(kind: str, found: str) -> str:
    """The TIMESTAMP, or DATE, of a number of units since 1970."""
    if kind == "epoch_ns":
        return f"make_timestamp(try_cast({found} as bigint) // 1000)"
    digits, factor = _EPOCHS[kind]
    exact = f"{_number(kind, found)}::decimal(38, {digits})"
    at = f"make_timestamp(({exact} * {factor})::bigint)"
    return f"({at})::date" if kind == "epoch_ms_day" else at


def epoch_rules(kind: str, found: str) -> list[Rule]:
    """(condition, reason) for a number of units since 1970."""
    if kind == "epoch_ns":
        is_number = f"regexp_full_match({found}, '[0-9]+') and try_cast({found} as bigint) is not null"
        return [(f"not ({is_number})", "not nanoseconds since 1970")]
    number = _number(kind, found)
    unit = "seconds" if kind == "epoch" else "milliseconds"
    checks = [
        (
            f"not (regexp_full_match({found}, '{_NUMBER}') and {number} is not null)",
            f"not {unit} since 1970",
        )
    ]
    if kind == "epoch_ms_day":
        checks.append((f"{number} % {_DAY_MS} <> 0", "not a midnight in UTC"))
    return checks


def _number(kind: str, found: str) -> str:
    return f"try_cast({found} as decimal(18, {_EPOCHS[kind][0]}))"
