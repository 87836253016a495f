"""A plain value judged by short rules: SQL that is true only where the rules of value_sql.py find nothing.

Builds text only. Where it is not true, the line is left to those rules; so a short rule may be too strict,
never too lenient. Each value is typed once, as its rules look at it too.
"""

from __future__ import annotations

from orchestration.landing.plain_sql import clock_is_plain, count_is_plain, text_holds
from orchestration.landing.time_sql import CLOCK_KINDS
from orchestration.landing.value_sql import (
    TEXT_KINDS,
    Dialect,
    Judged,
    exact_amount,
    exact_scale,
    is_number,
    name,
    normalised,
    reason_sql,
    rules,
    token,
    value_sql,
)
from orchestration.sources.base import Field

# What makes microseconds of a number of seconds or milliseconds.
_EPOCH_POWERS = {"epoch": "e6", "epoch_ms": "e3"}


def judge_plain(field: Field, dialect: Dialect, *, is_key: bool = False) -> Judged:
    """A field of plain text as it becomes one landed column."""
    text = name(f"text of {field.path} for {field.column}")
    found = token(field, dialect)
    texts: tuple[tuple[str, str], ...] = ()
    if field.kind in TEXT_KINDS:
        texts = ((text, normalised(field, dialect, found)),)
    is_absent = f"{text if texts else found} is null"
    reason = reason_sql(rules(field, dialect, found, text))
    if field.kind == "text":
        holds = _holds(field, is_absent, text_holds(field, text))
        return Judged(reason, ((field.column, text),), texts, is_key, holds)
    value = name(f"value of {field.path} for {field.column}")
    present = _present(field, dialect, found, text, value)
    holds = _holds(field, is_absent, present) if present else f"({reason}) is null"
    typed = ((value, _typed(field, found, text)),)
    return Judged(reason, ((field.column, value),), texts, is_key, holds, typed)


def _typed(field: Field, found: str, text: str) -> str:
    if field.kind in CLOCK_KINDS:
        # A time that is not plain is left to the other way, so the cast alone gives the value.
        return f"try_cast({text} as timestamp)"
    if field.kind in _EPOCH_POWERS:
        # As epoch_sql has it, without the product of long decimals; a number with an exponent becomes none.
        return f"make_timestamp(try_cast({found} || '{_EPOCH_POWERS[field.kind]}' as decimal(18, 0))::bigint)"
    return value_sql(field, found, text)


def _holds(field: Field, is_absent: str, present: str) -> str:
    if field.required:
        return f"(not {is_absent} and {present})"
    if field.required_with:
        return f"(case when {is_absent} then {name(field.required_with)} is null else {present} end)"
    return f"({is_absent} or {present})"


def _present(field: Field, dialect: Dialect, found: str, text: str, value: str) -> str | None:
    """Whether a value that is there keeps the rules of its field; None where only the rules can tell."""
    conditions = {
        "count": f"{count_is_plain(found, value)} and {value} between 0 and {field.maximum}",
        "flag": f"{value} is not null",
    }
    for kind in CLOCK_KINDS:
        conditions[kind] = clock_is_plain(text, value, without_zone=kind == "utc_time")
    if is_number(field, dialect):
        is_exact = field.factor == "1" and field.scale == exact_scale(field)
        amount = value if is_exact else exact_amount(field, found)
        conditions["amount"] = f"not starts_with({found}, '-') and {amount} <= {field.maximum}"
        # A decimal read of a number with an exponent is not held to its digits.
        within = f"{value} between timestamp '1970-01-01' and timestamp '9999-12-31'"
        conditions |= dict.fromkeys(_EPOCH_POWERS, within)
    return conditions.get(field.kind)
