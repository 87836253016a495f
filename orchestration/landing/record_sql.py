"""From lines of text to typed rows: the SQL that judges each record of a delivery by its feed's declarations.

Builds text only; running it and keeping its result belongs to landing. Rules of single values: value_sql.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.landing.file_names import Compression
from orchestration.landing.value_sql import (
    CELL,
    TOKEN,
    Dialect,
    Judged,
    judge,
    judge_container,
    judge_rows,
    judge_total,
    literal,
    name,
    reason_sql,
    rules,
    trimmed,
    value_sql,
)
from orchestration.sources.base import Actor, Feed, Field, Rows, Total

MAX_RECORD_BYTES = 16 << 20
# What DuckDB takes for a line without being told.
DEFAULT_MAX_LINE = 1_900_000

_SPACE = "' ' || chr(9) || chr(10) || chr(13)"
NOT_A_ROW = "row: not the columns of the header"
NO_SNAPSHOT_DATE = "no snapshot date"


@dataclass(frozen=True)
class DateBounds:
    """Activity dates count from `earliest` to `latest`, both included."""

    earliest: date
    latest: date


@dataclass(frozen=True)
class Given:
    """What the records do not say, as SQL: the delivery's id, and the date in the file's name or NULL."""

    delivery_id: str = "$1::varchar"
    named_date: str = "$2::date"

    @staticmethod
    def literally(delivery_id: str, named_date: date | None) -> Given:
        """The values written into the SQL itself."""
        return Given(
            f"{literal(delivery_id)}::varchar", "NULL::date" if named_date is None else f"DATE '{named_date}'"
        )


def lines_sql(path: Path, compression: Compression, longest_line: int, separator: int) -> str:
    """A select of every line of a text file: line (1-based, blank ones counted), content (NULL if blank)."""
    width = f", max_line_size = {longest_line + 1024}" if longest_line > DEFAULT_MAX_LINE else ""
    return (
        "select row_number() over () as line, content from read_csv("
        f"{literal(glob_escaped(path))}, columns = {{'content': 'VARCHAR'}}, delim = chr({separator}), "
        "quote = '', escape = '', "
        f"comment = '', header = false, auto_detect = false, strict_mode = false, "
        f"compression = '{compression}'{width})"
    )


def glob_escaped(path: Path) -> str:
    """A path as DuckDB takes it for this one file, whatever letters its name has."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def shape_sql(feed: Feed, lines: str) -> str:
    """One row on the JSON values of a file, one a line.

    Columns: line_count, value_count (lines not blank), valid_count (objects and arrays), first_is_valid,
    last_is_valid, is_paged, is_complete (the last page does not announce more), has_repeated_keys.
    """
    page = literal(feed.page_array) if feed.page_array else "NULL"
    more = literal(feed.more_flag)
    is_page = f"coalesce(list_contains(keys, {page}), false)"
    return f"""
with lines as ({lines}),
opened as (
    select line, content, left(ltrim(content, {_SPACE}), 1) as opening from lines
),
keyed as (
    select
        line,
        content,
        opening,
        case when opening in ('{{', '[') then try(json_keys(content)) end as keys
    from opened
),
paged as (
    select
        line,
        opening,
        keys,
        coalesce(
            case
                when opening = '[' then try(json_extract_string(content, '$[#-1].{feed.more_flag}'))
                when list_contains(keys, {more}) then json_extract_string(content, '$.{feed.more_flag}')
            end,
            'false'
        ) as more,
        case when {is_page} then json_type(content, '$.{feed.page_array}') <> 'ARRAY' end as is_damaged_page
    from keyed
),
kinds as (
    select
        opening,
        any_value(keys) as keys,
        count(*) as line_count,
        min(line) as first_line,
        max(line) as last_line,
        arg_max(more, line) as more,
        coalesce(bool_or(is_damaged_page), false) as is_damaged
    from paged
    group by opening, hash(keys)
),
named as (
    select
        *,
        keys is not null as is_valid,
        coalesce(opening = '[' and keys is not null, false) or {is_page} as is_paged
    from kinds
),
filled as (
    select * from named where opening <> ''
)
select
    (select sum(line_count) from named) as line_count,
    coalesce(sum(line_count), 0) as value_count,
    coalesce(sum(line_count) filter (is_valid), 0) as valid_count,
    coalesce(arg_min(is_valid, first_line), false) as first_is_valid,
    coalesce(arg_max(is_valid, last_line), false) as last_is_valid,
    coalesce(bool_or(is_paged), false) as is_paged,
    coalesce(arg_max(more, last_line) <> 'true', true)
    and not coalesce(bool_or(is_damaged), false)
    and not (coalesce(bool_or(is_paged), false) and bool_or(not is_valid)) as is_complete,
    coalesce(bool_or(len(keys) <> list_unique(keys)), false) as has_repeated_keys
from filled
"""


def json_rows_sql(
    feed: Feed, lines: str, given: Given, bounds: DateBounds, *, is_paged: bool, has_repeated_keys: bool
) -> str:
    """Landing rows of a JSON file, in its order: one per record, rejected ones with their reason."""
    paths = _paths(feed)
    wanted = ", ".join(literal(f"$.{path}") for path in paths)
    repeated = (
        "when len(json_keys(record)) <> list_unique(json_keys(record)) then 'record: a key occurs twice'"
        if has_repeated_keys or is_paged
        else ""
    )
    where = "'line ' || line || ': not valid JSON'" if is_paged else "'record: not valid JSON'"
    columns = ",\n        ".join(
        f"tokens[{index}] as {name(path)}" for index, path in enumerate(paths, start=1)
    )
    return f"""
with lines as ({lines}),
{_paged_records(feed.page_array) if is_paged else _bare_records()},
sized as (
    select
        *,
        strlen(record) <= {MAX_RECORD_BYTES} as is_bounded,
        starts_with(ltrim(record, {_SPACE}), '{{') as is_object
    from records
),
parsed as (
    select
        *,
        case when is_bounded and is_object then try(json_extract(record, [{wanted}])::varchar[]) end as tokens
    from sized
),
found as (
    select
        record_line,
        case
            when not is_bounded then 'record: longer than {MAX_RECORD_BYTES >> 20} MiB'
            when is_object and tokens is null then {where}
            when not is_object and not json_valid(record) then {where}
            when not is_object then 'record: not a JSON object'
            {repeated}
        end as problem,
        {columns}
    from parsed
),
{_judged_rows(feed, TOKEN, given, bounds)}
"""


def csv_rows_sql(
    feed: Feed, lines: str, given: Given, bounds: DateBounds, *, header_line: int, columns: tuple[str, ...]
) -> str:
    """Landing rows of a CSV file whose header has these columns, ignored ones included."""
    width = len(columns)
    cell = '"(?:[^"]|"")*"|[^",]*'
    row = f"({cell})(,({cell})){{{width - 1}}}"
    found = ",\n        ".join(
        f"nullif({trimmed(f'cells[{place}]')}, '') as {name(column)}"
        for place, column in enumerate(columns, start=1)
        if column in feed.csv_columns
    )
    return f"""
with lines as ({lines}),
{_bare_records()},
split as (
    select
        record_line,
        case
            when not contains(record, '"') then string_split(record, ',')
            when regexp_full_match(record, {literal(row)}) then list_transform(
                regexp_extract_all(',' || record, {literal(f",({cell})")}, 1),
                lambda cell: case
                    when starts_with(cell, '"') then replace(substring(cell, 2, length(cell) - 2), '""', '"')
                    else cell
                end
            )
        end as cells
    from records
    where record_line > {header_line}
),
found as (
    select
        record_line,
        case when cells is null or len(cells) <> {width} then {literal(NOT_A_ROW)} end as problem,
        {found}
    from split
),
{_judged_rows(feed, CELL, given, bounds)}
"""


def _bare_records() -> str:
    return f"""records as (
    select line as record_line, line, content as record from lines
    where ltrim(content, {_SPACE}) <> ''
)"""


def _paged_records(page_array: str | None) -> str:
    """Records out of pages, arrays and bare lines in any mix, numbered through the file."""
    page = f"$.{page_array}"
    records = (
        f"""case
            when not starts_with(ltrim(value, {_SPACE}), '{{') then [value]
            when try(json_type(value, {literal(page)})) = 'ARRAY'
                then json_extract(value, {literal(page + "[*]")})::varchar[]
            when try(json_exists(value, {literal(page)})) then ['null']
            else [value]
        end"""
        if page_array
        else "[value]"
    )
    return f"""listed as (
    select
        line,
        unnest(
            case
                when starts_with(ltrim(content, {_SPACE}), '[')
                    then coalesce(try(json_extract(content, '$[*]')::varchar[]), [content])
                else [content]
            end
        ) as value
    from lines
    where ltrim(content, {_SPACE}) <> ''
),
unpaged as (
    select line, unnest({records}) as record from listed
),
records as (
    select row_number() over () as record_line, line, record from unpaged
)"""


def _judged_rows(feed: Feed, dialect: Dialect, given: Given, bounds: DateBounds) -> str:
    """CTEs and select that turn `found` (record_line, problem, one column per path) into landing rows."""
    day = _judged_date(feed, dialect, given, bounds)
    others = _judged_fields(feed, dialect)
    judgements = [day, *others]
    texts = ["*", *(f"{sql} as {column}" for one in judgements for column, sql in one.texts)]
    reasons = ["*", *(f"{one.reason} as reason_{index}" for index, one in enumerate(judgements))]
    first_reason = ", ".join(["problem", *(f"reason_{index}" for index in range(len(judgements)))])
    outputs = {
        column: f"case when {_kept(feed, index, one)} then {value} end as {column}"
        for index, one in enumerate(judgements)
        for column, value in one.values
    }
    selected = [
        f"{given.delivery_id} as delivery_id",
        "record_line::bigint as record_line",
        outputs.pop("activity_date"),
        "reject_reason",
        *outputs.values(),
    ]
    separator = ",\n    "
    return f"""texts as (
    select {separator.join(texts)} from found
),
checked as (
    select {separator.join(reasons)} from texts
),
judged as (
    select *, coalesce({first_reason}) as reject_reason from checked
)
select
    {separator.join(selected)}
from judged"""


def _kept(feed: Feed, index: int, judged: Judged) -> str:
    """When a value goes into the row: keys on rejected rows too, where they are legible and in order."""
    if not judged.is_key:
        return "reject_reason is null"
    if index == 0 and feed.date_field is None:
        return "reason_0 is null"
    return f"problem is null and reason_{index} is null"


def _judged_date(feed: Feed, dialect: Dialect, given: Given, bounds: DateBounds) -> Judged:
    if feed.date_field is None:
        day, path, checks = given.named_date, "snapshot date", []
        if feed.dated_by == "file_name":
            checks = [(f"{day} is null", NO_SNAPSHOT_DATE)]
        texts: tuple[tuple[str, str], ...] = ()
    else:
        field = feed.date_field
        path = field.path
        text = name(f"text of {field.path} for {field.column}")
        found = name(field.path)
        if field.fallback:
            found = f"case when {dialect.is_absent(found)} then {name(field.fallback)} else {found} end"
        judged = judge(field, dialect)
        texts = judged.texts
        checks = rules(field, dialect, found, text)
        day = f"({value_sql(field, found, text)})::date"
    checks = [
        *checks,
        (f"{day} < DATE '{bounds.earliest}'", f"{path}: before the earliest date of the settings"),
        (f"{day} > DATE '{bounds.latest}'", f"{path}: more than a day in the future"),
    ]
    return Judged(reason_sql(checks), (("activity_date", day),), texts, is_key=True)


def _judged_fields(feed: Feed, dialect: Dialect) -> list[Judged]:
    judgements = [_judged_actor(feed.actors, dialect)] if feed.actors else []
    judgements += [judge_container(path) for path in _optional_containers(feed)] if dialect is TOKEN else []
    for field in feed.fields:
        if isinstance(field, Total):
            judgements.append(judge_total(field, dialect))
        elif isinstance(field, Rows):
            judgements.append(judge_rows(field))
        else:
            judgements.append(judge(field, dialect, is_key=field.column in feed.record_key))
    if feed.required_one_of:
        neither = " and ".join(dialect.is_absent(name(path)) for path in feed.required_one_of)
        judgements.append(
            Judged(reason_sql([(neither, f"{' or '.join(feed.required_one_of)}: missing")]), ())
        )
    if feed.date_field is not None and feed.date_field.column != "activity_date":
        judgements.append(judge(feed.date_field, dialect))
    return judgements


def _judged_actor(actors: tuple[Actor, ...], dialect: Dialect) -> Judged:
    """actor_kind and actor_name by the first way that applies."""
    texts: list[tuple[str, str]] = []
    kinds, names, checks, conditions = [], [], [], []
    for actor in actors:
        judged = judge(actor.name, dialect)
        texts += judged.texts
        text = judged.texts[0][0]
        if actor.when_path:
            wanted = literal(f'"{actor.when_value}"')
            applies = f"coalesce({name(actor.when_path)} = {wanted}, false)"
        elif actor is actors[-1]:
            applies = "true"
        else:
            # A value of a wrong type counts as present, so that it is refused instead of passed over.
            found = name(actor.name.path)
            is_odd = f"not {dialect.is_absent(found)} and not {dialect.is_text(found)}"
            applies = f"({text} is not null or {is_odd})"
        conditions.append(applies)
        kinds.append(f"when {applies} then {literal(actor.kind)}")
        names.append(f"when {applies} then {text}")
        checks.append(f"when {applies} then {judged.reason}")
    unknown = ""
    if actors[0].when_path:
        known = " or ".join(literal(actor.when_value or "")[1:-1] for actor in actors)
        path = actors[0].when_path
        unknown = (
            f"when {dialect.is_absent(name(path))} then {literal(f'{path}: missing')} "
            f"else {literal(f'{path}: not {known}')}"
        )
    return Judged(
        f"case {' '.join(checks)} {unknown} end",
        (("actor_kind", f"case {' '.join(kinds)} end"), ("actor_name", f"case {' '.join(names)} end")),
        tuple(texts),
        is_key=True,
    )


def _scalars(feed: Feed) -> list[Field]:
    """Every single-valued field of a feed, the date and the ways to name an actor included."""
    fields = [field for field in feed.fields if isinstance(field, Field)]
    fields += [actor.name for actor in feed.actors]
    return [*fields, feed.date_field] if feed.date_field else fields


def _optional_containers(feed: Feed) -> list[str]:
    """Objects below which nothing is required, outermost first."""
    scalars = _scalars(feed)
    paths = {field.path for field in scalars} | {
        path for total in feed.fields if isinstance(total, Total) for path in total.paths
    }
    actor_paths = {actor.name.path for actor in feed.actors}
    required = {field.path for field in scalars if field.required} | actor_paths
    containers = {path[:dot] for path in paths for dot in range(len(path)) if path[dot] == "."}
    return sorted(
        container
        for container in containers
        if not any(path.startswith(f"{container}.") for path in required)
    )


def _paths(feed: Feed) -> list[str]:
    """Every JSON path that is looked at in a record, each once."""
    paths = [
        path for field in _scalars(feed) for path in (field.path, field.fallback, field.unit_path) if path
    ]
    paths += [actor.when_path for actor in feed.actors if actor.when_path]
    for field in feed.fields:
        if isinstance(field, Total):
            paths += field.paths
        elif isinstance(field, Rows):
            paths.append(field.path)
    return list(dict.fromkeys([*paths, *_optional_containers(feed)]))
