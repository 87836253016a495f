"""Rules of single values: the SQL that says why a value is refused, and the SQL that types it.

A reason is a fixed text that names the field and the rule, never the value. Whole records: judgement_sql.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.landing.plain_sql import (
    count_is_plain,
    matches_plainly,
    may_hold_controls,
    plain_text,
)
from orchestration.landing.time_sql import (
    CLOCK_KINDS,
    DAY_KINDS,
    EPOCH_KINDS,
    Rule,
    clock_rules,
    clock_sql,
    day_rules,
    day_sql,
    epoch_rules,
    epoch_sql,
)
from orchestration.sources.base import DayFormat, Field, Rows, Total

TYPES = {
    "text": "VARCHAR",
    "count": "BIGINT",
    "flag": "BOOLEAN",
    "day": "DATE",
    "utc_day": "DATE",
    "epoch": "TIMESTAMP",
    "epoch_ms": "TIMESTAMP",
    "epoch_ns": "TIMESTAMP",
    "epoch_ms_day": "DATE",
    "time": "TIMESTAMP",
    "utc_time": "TIMESTAMP",
}
TEXT_KINDS = ("text", *DAY_KINDS, *CLOCK_KINDS)
_WHOLE = r"-?[0-9]+"
_NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_YEAR, _TWO = "([1-9][0-9]{3})", "([0-9]{2})"
# How a day so written becomes YYYY-MM-DD.
_DAY_FORMATS: dict[DayFormat, tuple[str, str]] = {
    "YYYY/MM/DD": (f"^{_YEAR}/{_TWO}/{_TWO}$", r"\1-\2-\3"),
    "MM/DD/YYYY": (f"^{_TWO}/{_TWO}/{_YEAR}$", r"\3-\1-\2"),
    "MM-DD-YYYY": (f"^{_TWO}-{_TWO}-{_YEAR}$", r"\3-\1-\2"),
}
_FLAG_WORDS = {"true": ("true", "1", "yes"), "false": ("false", "0", "no")}


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Dialect:
    """How a value stands in its file: `is_absent`, `is_text`, `text` (decoded, cleaned) are SQL on it.

    Where `may_hold_controls` is false, its text surely holds no control character of ASCII. `is_plain`: it is
    judged by shorter rules, and left to the other way where they do not say that it is in order.
    `is_number`: it stands as a number, not as a text.
    """

    is_absent: Callable[[str], str]
    is_text: Callable[[str], str]
    text: Callable[[str, Callable[[str], str]], str]
    may_hold_controls: Callable[[str], str] = lambda found: "true"
    is_plain: bool = False
    is_number: Callable[[str], bool] = lambda found: False


# The token of a JSON value: `5`, `"5"`, `null`; SQL NULL where the key is missing.
TOKEN = Dialect(
    is_absent=lambda found: f"coalesce({found} = 'null', true)",
    is_text=lambda found: f"starts_with({found}, '\"')",
    text=lambda found, clean: plain_text(
        found, clean(f"case when starts_with({found}, '\"') then json_extract_string({found}, '$') end")
    ),
    may_hold_controls=may_hold_controls,
)
# The trimmed text of a CSV cell; SQL NULL where it is empty.
CELL = Dialect(
    is_absent=lambda found: f"({found} is null)",
    is_text=lambda found: "true",
    text=lambda found, clean: clean(found),
)


def plain_dialect(numbers: frozenset[str]) -> Dialect:
    """A text of printable ASCII without a blank at its ends, or a number or flag as spelt; NULL where absent.

    `numbers` are the columns in which nothing but numbers stands.
    """
    return Dialect(
        is_absent=lambda found: f"({found} is null)",
        is_text=lambda found: "true",
        text=lambda found, clean: found,
        may_hold_controls=lambda found: "false",
        is_plain=True,
        is_number=numbers.__contains__,
    )


@dataclass(frozen=True)
class Judged:
    """What a declaration becomes: `texts` to compute first, the `reason` (NULL if all is well), the `values`.

    Texts and values are (column, SQL), as are `tests`, which are computed once of the texts. `is_key`: its
    values survive on a record rejected for another reason.
    `holds`, where there is one: SQL that is true only where the reason is NULL.
    """

    reason: str
    values: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...] = ()
    is_key: bool = False
    holds: str | None = None
    tests: tuple[tuple[str, str], ...] = ()


def name(path: str) -> str:
    """The column that holds what was found at a path."""
    return '"' + path.replace('"', '""') + '"'


def sql_type(field: Field) -> str:
    """The type a field has in landing."""
    return f"DECIMAL({field.precision},{field.scale})" if field.kind == "amount" else TYPES[field.kind]


def trimmed(text: str) -> str:
    """A text without white space of any kind at its ends."""
    return f"regexp_replace({text}, '^[\\s\\p{{Z}}]+|[\\s\\p{{Z}}]+$', '', 'g')"


def visible(text: str) -> str:
    """A text trimmed, and without what nobody sees: zero-width letters, marks of direction, soft hyphens.

    A name copied with one of them is the name without it.
    """
    ends = "[\\s\\p{Z}\\p{Cf}]+"
    return f"regexp_replace({text}, '^{ends}|{ends}$|\\p{{Cf}}+', '', 'g')"


def normalised(field: Field, dialect: Dialect, found: str) -> str:
    """Text decoded, trimmed of any white space, without what nobody sees unless the field keeps it, NFC,
    folded where declared; NULL if nothing is left.

    A day in one of the declared formats becomes YYYY-MM-DD.
    """
    text = dialect.text(found, trimmed if field.keeps_invisible else visible)
    for day_format in field.day_formats:
        pattern, iso = _DAY_FORMATS[day_format]
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(iso)})"
    if field.dropped_prefix:
        text = f"regexp_replace({text}, {literal(f'^(?:{field.dropped_prefix})')}, '')"
    if field.fold:
        text = f"lower({text})"
    return f"nullif({text if dialect.is_plain else f'nfc_normalize({text})'}, '')"


def rules(field: Field, dialect: Dialect, found: str, text: str) -> list[tuple[str, str]]:
    """(condition, reason) in the order in which they are tried; `text` is SQL for the normalised text."""
    is_absent = f"{text} is null" if field.kind in TEXT_KINDS else dialect.is_absent(found)
    checks = _RULES[field.kind](field, dialect, found, text)
    missing = [(is_absent, "missing")] if field.required else []
    if field.key_required and dialect is TOKEN:
        missing.append((f"{found} is null", "missing"))
    typed = [(f"not {dialect.is_absent(found)} and not {dialect.is_text(found)}", "not a text")]
    if field.required_with:
        is_asked = f"not {dialect.is_absent(name(field.required_with))}"
        missing.append((f"({is_absent}) and {is_asked}", "missing"))
    present = [(f"not ({is_absent}) and {condition}", rule) for condition, rule in checks]
    unit = []
    if field.unit_path:
        is_unit = f"coalesce({name(field.unit_path)} = {literal(chr(34) + field.unit + chr(34))}, false)"
        unit = [(f"not ({is_absent}) and not {is_unit}", f"not in {field.unit}")]
    first = typed if field.kind in TEXT_KINDS and dialect is TOKEN else []
    return [(condition, f"{field.path}: {rule}") for condition, rule in [*first, *missing, *present, *unit]]


def reason_sql(checks: list[tuple[str, str]]) -> str:
    """The first rule that fails, as text; NULL if none does."""
    if not checks:
        return "NULL::varchar"
    cases = " ".join(f"when {condition} then {literal(reason)}" for condition, reason in checks)
    return f"case {cases} end"


def value_sql(field: Field, found: str, text: str) -> str:
    """The typed value; NULL where absent. Meant where no rule fails, but it raises nowhere."""
    if field.kind in TEXT_KINDS:
        return _typed_text(field.kind, text)
    if field.kind in EPOCH_KINDS:
        return epoch_sql(field.kind, found)
    if field.kind == "flag":
        cases = (f"when {_is_flag(field, found, truth)} then {truth}" for truth in _FLAG_WORDS)
        return f"case {' '.join(cases)} end"
    if field.kind == "count":
        return f"try_cast({found} as bigint)"
    exact = exact_amount(field, found)
    scale = exact_scale(field)
    if field.factor == "1" and scale == field.scale:
        return f"try_cast({found} as {sql_type(field)})"
    scaled = exact
    if field.factor != "1":
        scaled = f"({exact}::decimal({scale + 18}, {scale}) * {field.factor}::decimal(3, 2))"
    return f"try_cast({scaled} as {sql_type(field)})"


def _typed_text(kind: str, text: str) -> str:
    if kind == "text":
        return text
    return day_sql(text) if kind in DAY_KINDS else clock_sql(text)


def exact_scale(field: Field) -> int:
    """The digits after the point with which an amount is read."""
    return max(8, field.scale)


def exact_amount(field: Field, found: str) -> str:
    """An amount as the vendor states it, before any factor; twelve digits before the point."""
    scale = exact_scale(field)
    return f"try_cast({found} as decimal({scale + 12}, {scale}))"


def token(field: Field, dialect: Dialect) -> str:
    """What a field was found as: of its fallback where it is absent, unquoted where it may be quoted."""
    found = name(field.path)
    if field.fallback:
        found = f"case when {dialect.is_absent(found)} then {name(field.fallback)} else {found} end"
    if field.may_be_quoted and field.kind not in TEXT_KINDS and dialect is TOKEN:
        found = f"nullif(trim({found}, '\"'), '')"
    if field.may_be_quoted and field.kind not in TEXT_KINDS and dialect.is_plain:
        found = found if is_number(field, dialect) else f"nullif({found}, '')"
    return found


def is_number(field: Field, dialect: Dialect) -> bool:
    """Whether nothing but numbers can be found for a field."""
    return all(dialect.is_number(name(path)) for path in (field.path, field.fallback) if path)


def judge(field: Field, dialect: Dialect, *, is_key: bool = False) -> Judged:
    """A field as it becomes one landed column."""
    text = name(f"text of {field.path} for {field.column}")
    found = token(field, dialect)
    texts: tuple[tuple[str, str], ...] = ()
    if field.kind in TEXT_KINDS:
        texts = ((text, normalised(field, dialect, found)),)
    checks = rules(field, dialect, found, text)
    return Judged(reason_sql(checks), ((field.column, value_sql(field, found, text)),), texts, is_key)


def judge_total(total: Total, dialect: Dialect) -> Judged:
    """A sum over the paths that are present; NULL if none is."""
    parts = [Field(total.column, "count", path, maximum=total.maximum) for path in total.paths]
    checks = [rule for part in parts for rule in rules(part, dialect, name(part.path), "")]
    counts = [value_sql(part, name(part.path), "") for part in parts]
    none = " and ".join(f"{count} is null" for count in counts)
    added = " + ".join(f"coalesce({count}, 0)" for count in counts)
    return Judged(reason_sql(checks), ((total.column, f"case when not ({none}) then {added} end"),))


def judge_rows(rows: Rows) -> Judged:
    """A JSON list of objects as a list of structs; only JSON files can hold one."""
    found = name(rows.path)
    elements = name(f"elements of {rows.path}")
    # Of each element a list: what was found at each path, then the normalised texts, each computed once.
    paths = list(
        dict.fromkeys(path for field in rows.fields for path in (field.path, field.unit_path) if path)
    )
    places = {path: f"element[{index}]" for index, path in enumerate(paths, start=1)}
    text_fields = [field for field in rows.fields if field.kind in TEXT_KINDS]
    texts = {
        field.column: f"element[{len(paths) + index}]" for index, field in enumerate(text_fields, start=1)
    }
    computed = [normalised(field, TOKEN, _inner(field.path)) for field in text_fields]
    taken = _taken_elements(found, paths, computed)

    checks: list[tuple[str, str]] = []
    values: list[str] = []
    for field in rows.fields:
        place, text = places[field.path], texts.get(field.column, "")
        for condition, reason in rules(field, TOKEN, place, text):
            unit = name(field.unit_path or "")
            checks.append(
                (condition.replace(unit, places.get(field.unit_path or "", unit)), f"{rows.path}.{reason}")
            )
        values.append(f"{literal(field.column)}: {value_sql(field, place, text)}")

    is_absent, is_list = TOKEN.is_absent(found), f"starts_with({found}, '[')"
    shape = [(is_absent, f"{rows.path}: missing")] if rows.required else []
    shape.append((f"not {is_absent} and not {is_list}", f"{rows.path}: not a list"))
    shape.append((f"len({elements}) > list_count({elements})", f"{rows.path}: an element is not an object"))
    reason = f"""coalesce(
        {reason_sql(shape)},
        list_filter(
            list_transform({elements}, lambda element: {reason_sql(checks)}), lambda rule: rule is not null
        )[1]
    )"""
    struct = ", ".join(f"{field.column} {sql_type(field)}" for field in rows.fields)
    value = f"list_transform({elements}, lambda element: {{{', '.join(values)}}})::STRUCT({struct})[]"
    return Judged(reason, ((rows.column, value),), ((elements, taken),))


def _taken_elements(found: str, paths: list[str], texts: list[str]) -> str:
    """The elements of a list as lists of what is looked at; NULL for an element that is not an object."""
    keys = dict.fromkeys(path.split(".")[0] for path in paths)
    shape = "[{" + ", ".join(f'"{key}": "JSON"' for key in keys) + "}]"
    values = ", ".join([*(_inner(path) for path in paths), *texts])
    return f"""list_transform(
        from_json({found}, {literal(shape)}),
        lambda element: case when element is not null then [{values}] end
    )"""


def _inner(path: str) -> str:
    """What stands at a path inside `element`, a struct of the JSON tokens of its own keys."""
    key, _, rest = path.partition(".")
    own = f'element."{key}"'
    return f"json_extract({own}, {literal(f'$.{rest}')})::varchar" if rest else f"{own}::varchar"


def judge_container(path: str) -> Judged:
    """An object of JSON whose fields are all optional: of another type it would pass for absent."""
    found = name(path)
    bad = f"not {TOKEN.is_absent(found)} and not starts_with({found}, '{{')"
    return Judged(reason_sql([(bad, f"{path}: not an object")]), ())


def _text_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    doubtful = dialect.may_hold_controls(found)
    checks = [(f"length({text}) > {field.max_length}", f"longer than {field.max_length} characters")]
    if doubtful != "false":
        controls = f"{doubtful} and regexp_matches({text}, '[\\x00-\\x1f\\x7f]')"
        checks.append((controls, "holds control characters"))
    if field.pattern:
        mismatch = f"not regexp_full_match({text}, {literal(field.pattern)})"
        plainly = matches_plainly(field.pattern, text)
        if plainly:
            mismatch = f"not (not {doubtful} and {plainly}) and {mismatch}"
        checks.append((mismatch, f"not {field.shape}"))
    return checks


def _count_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    count = f"try_cast({found} as bigint)"
    is_plain = count_is_plain(found, count)
    return [
        (f"not {is_plain} and not regexp_full_match({found}, '{_WHOLE}')", "not a whole number"),
        (f"starts_with({found}, '-')", "negative"),
        (f"coalesce({count} > {field.maximum}, true)", f"above {field.maximum}"),
    ]


def _flag_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    return [
        (
            f"not ({_is_flag(field, found, 'true')} or {_is_flag(field, found, 'false')})",
            "not true or false" + (" (1 or 0, yes or no)" if field.may_be_worded else ""),
        )
    ]


def _is_flag(field: Field, found: str, truth: str) -> str:
    if not field.may_be_worded:
        return f"{found} = {literal(truth)}"
    return f"lower({found}) in ({', '.join(map(literal, _FLAG_WORDS[truth]))})"


def _amount_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    return [
        (f"not regexp_full_match({found}, {literal(_NUMBER)})", "not a number"),
        (f"starts_with({found}, '-')", "negative"),
        (f"coalesce({exact_amount(field, found)} > {field.maximum}, true)", f"above {field.maximum}"),
    ]


_RULES: dict[str, Callable[[Field, Dialect, str, str], list[Rule]]] = {
    "text": _text_rules,
    "count": _count_rules,
    "flag": _flag_rules,
    **dict.fromkeys(DAY_KINDS, lambda field, dialect, found, text: day_rules(field.kind, text)),
    **dict.fromkeys(CLOCK_KINDS, lambda field, dialect, found, text: clock_rules(field.kind, text)),
    **dict.fromkeys(EPOCH_KINDS, lambda field, dialect, found, text: epoch_rules(field.kind, found)),
    "amount": _amount_rules,
}
