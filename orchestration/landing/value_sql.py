"""Rules of single values: the SQL that says why a value is refused, and the SQL that types it.

A reason is a fixed text that names the field and the rule, never the value. Whole records: judgement_sql.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.sources.base import Field, Rows, Total

TYPES = {
    "text": "VARCHAR",
    "count": "BIGINT",
    "flag": "BOOLEAN",
    "day": "DATE",
    "utc_day": "DATE",
    "epoch": "TIMESTAMP",
}
TEXT_KINDS = ("text", "day", "utc_day")
_WHOLE = r"-?[0-9]+"
_NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_DAY = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
# Midnight in UTC, said so: without a zone, or at another hour, the day would be a guess.
_UTC_DAY = _DAY + r"(T00:00:00(\.0+)?(Z|\+00:00))?"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Dialect:
    """How a value stands in its file: `is_absent`, `is_text`, `text` (decoded, trimmed) are SQL on it."""

    is_absent: Callable[[str], str]
    is_text: Callable[[str], str]
    text: Callable[[str], str]


# The token of a JSON value: `5`, `"5"`, `null`; SQL NULL where the key is missing.
TOKEN = Dialect(
    is_absent=lambda found: f"coalesce({found} = 'null', true)",
    is_text=lambda found: f"starts_with({found}, '\"')",
    text=lambda found: trimmed(
        f"case when starts_with({found}, '\"') then json_extract_string({found}, '$') end"
    ),
)
# The trimmed text of a CSV cell; SQL NULL where it is empty.
CELL = Dialect(
    is_absent=lambda found: f"({found} is null)",
    is_text=lambda found: "true",
    text=lambda found: found,
)


@dataclass(frozen=True)
class Judged:
    """What a declaration becomes: `texts` to compute first, the `reason` (NULL if all is well), the `values`.

    Texts and values are (column, SQL). `is_key`: its values survive on a record rejected for another reason.
    """

    reason: str
    values: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...] = ()
    is_key: bool = False


def name(path: str) -> str:
    """The column that holds what was found at a path."""
    return f'"{path}"'


def sql_type(field: Field) -> str:
    """The type a field has in landing."""
    return f"DECIMAL({field.precision},{field.scale})" if field.kind == "amount" else TYPES[field.kind]


def trimmed(text: str) -> str:
    """A text without white space of any kind at its ends, and without what nobody sees: zero-width letters,
    marks of direction, soft hyphens. A name copied with one of them is the name without it.
    """
    ends = "[\\s\\p{Z}\\p{Cf}]+"
    return f"regexp_replace({text}, '^{ends}|{ends}$|\\p{{Cf}}+', '', 'g')"


def normalised(field: Field, dialect: Dialect, found: str) -> str:
    """Text decoded, trimmed of any white space, NFC, folded where declared; NULL if nothing is left."""
    text = dialect.text(found)
    return f"nullif(nfc_normalize({f'lower({text})' if field.fold else text}), '')"


def rules(field: Field, dialect: Dialect, found: str, text: str) -> list[tuple[str, str]]:
    """(condition, reason) in the order in which they are tried; `text` is SQL for the normalised text."""
    is_absent = f"{text} is null" if field.kind in TEXT_KINDS else dialect.is_absent(found)
    checks = _RULES[field.kind](field, dialect, found, text)
    missing = [(is_absent, "missing")] if field.required else []
    typed = [(f"not {dialect.is_absent(found)} and not {dialect.is_text(found)}", "not a text")]
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
    if field.kind == "text":
        return text
    if field.kind in ("day", "utc_day"):
        return f"try_cast(left({text}, 10) as date)"
    if field.kind == "flag":
        return f"case {found} when 'true' then true when 'false' then false end"
    if field.kind == "count":
        return f"try_cast({found} as bigint)"
    if field.kind == "epoch":
        seconds = f"try_cast({found} as decimal(18, 6))::decimal(38, 6)"
        return f"make_timestamp(({seconds} * 1000000)::bigint)"
    exact = f"try_cast({found} as decimal(20, 8))"
    scaled = exact if field.factor == "1" else f"({exact}::decimal(26, 8) * {field.factor}::decimal(3, 2))"
    return f"try_cast({scaled} as {sql_type(field)})"


def judge(field: Field, dialect: Dialect, *, is_key: bool = False) -> Judged:
    """A field as it becomes one landed column."""
    text = name(f"text of {field.path} for {field.column}")
    found = name(field.path)
    texts: tuple[tuple[str, str], ...] = ()
    if field.kind in TEXT_KINDS:
        texts = ((text, normalised(field, dialect, found)),)
    elif field.fallback:
        found = f"case when {dialect.is_absent(found)} then {name(field.fallback)} else {found} end"
    elif field.may_be_quoted:
        found = f"nullif(trim({found}, '\"'), '')"
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


Rule = tuple[str, str]


def _text_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    checks = [
        (f"length({text}) > {field.max_length}", f"longer than {field.max_length} characters"),
        (f"regexp_matches({text}, '[\\x00-\\x1f\\x7f]')", "holds control characters"),
    ]
    if field.pattern:
        checks.append((f"not regexp_full_match({text}, {literal(field.pattern)})", f"not {field.shape}"))
    return checks


def _count_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    return [
        (f"not regexp_full_match({found}, '{_WHOLE}')", "not a whole number"),
        (f"starts_with({found}, '-')", "negative"),
        (f"coalesce(try_cast({found} as bigint) > {field.maximum}, true)", f"above {field.maximum}"),
    ]


def _flag_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    return [(f"{found} not in ('true', 'false')", "not true or false")]


def _day_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    pattern, shape = (_DAY, "a date (YYYY-MM-DD)") if field.kind == "day" else (_UTC_DAY, "a day in UTC")
    return [
        (
            f"(not regexp_full_match({text}, {literal(pattern)})"
            f" or try_cast(left({text}, 10) as date) is null)",
            f"not {shape}",
        )
    ]


def _epoch_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    is_number = (
        f"regexp_full_match({found}, {literal(_NUMBER)}) and try_cast({found} as decimal(18, 6)) is not null"
    )
    return [(f"not ({is_number})", "not seconds since 1970")]


def _amount_rules(field: Field, dialect: Dialect, found: str, text: str) -> list[Rule]:
    return [
        (f"not regexp_full_match({found}, {literal(_NUMBER)})", "not a number"),
        (f"starts_with({found}, '-')", "negative"),
        (f"coalesce(try_cast({found} as decimal(20, 8)) > {field.maximum}, true)", f"above {field.maximum}"),
    ]


_RULES: dict[str, Callable[[Field, Dialect, str, str], list[Rule]]] = {
    "text": _text_rules,
    "count": _count_rules,
    "flag": _flag_rules,
    "day": _day_rules,
    "utc_day": _day_rules,
    "epoch": _epoch_rules,
    "amount": _amount_rules,
}
