"""From lines of text to typed rows: the SQL that finds each record of a delivery and hands its values on.

Builds text only; running it and keeping its result belongs to record_reader.py. How a file lies: file_sql.py;
what a record must be: judgement_sql.py.
"""

from __future__ import annotations

from orchestration.landing.file_sql import SPACE, bare_records_sql, paged_records_sql
from orchestration.landing.judgement_sql import DateBounds, Given, judged_rows_sql, looked_at_paths
from orchestration.landing.keyed_list_sql import elements_column, elements_sql, elements_type, looked_up_sql
from orchestration.landing.nesting_sql import (
    Surroundings,
    bare_surroundings_sql,
    is_nested,
    nested_records_sql,
)
from orchestration.landing.path_sql import place
from orchestration.landing.value_sql import CELL, TOKEN, literal, name, trimmed
from orchestration.sources.base import POSITION, Feed

MAX_RECORD_BYTES = 16 << 20
NOT_A_ROW = "row: not the columns of the header"


def json_rows_sql(
    feed: Feed, lines: str, given: Given, bounds: DateBounds, *, is_paged: bool, has_repeated_keys: bool
) -> str:
    """Landing rows of a JSON file, in its order: one per record, rejected ones with their reason."""
    paths = looked_at_paths(feed)
    own = [path for path in paths if path != POSITION and place(path).level == "" and place(path).key is None]
    wanted = ", ".join(literal(f"$.{path}") for path in own)
    repeated = (
        "when len(json_keys(record)) <> list_unique(json_keys(record)) then 'record: a key occurs twice'"
        if has_repeated_keys or is_paged
        else ""
    )
    where = "'line ' || line || ': not valid JSON'" if is_paged else "'record: not valid JSON'"
    places = {path: f"tokens[{index}]" for index, path in enumerate(own, start=1)}
    columns = ",\n        ".join(
        f"{sql} as {name(path)}" for path, sql in (places | _around(feed, paths)).items()
    )
    lists = [
        f"{elements_sql(keyed, places[keyed.path])} as {name(elements_column(keyed.path))}"
        if keyed.path in places
        else name(elements_column(keyed.path))
        for keyed in feed.keyed_lists
    ]
    return f"""
with lines as ({lines}),
{_records_sql(feed, paths, is_paged=is_paged)},
sized as (
    select
        *,
        strlen(record) <= {MAX_RECORD_BYTES} as is_bounded,
        starts_with(ltrim(record, {SPACE}), '{{') as is_object
    from records
),
parsed as (
    select
        *,
        case when is_bounded and is_object then try(json_extract(record, [{wanted}])::varchar[]) end as tokens
    from sized
),
{"located" if lists else "found"} as (
    select
        record_line,
        case
            {"when damage is not null then damage" if is_nested(feed) else ""}
            when not is_bounded then 'record: longer than {MAX_RECORD_BYTES >> 20} MiB'
            when is_object and tokens is null then {where}
            when not is_object and not json_valid(record) then {where}
            when not is_object then 'record: not a JSON object'
            {repeated}
        end as problem,
        {columns}{"".join(f",{chr(10)}        {one}" for one in lists)}
    from parsed
),
{looked_up_sql(feed, paths) + "," if lists else ""}
{judged_rows_sql(feed, TOKEN, given, bounds)}
"""


def _records_sql(feed: Feed, paths: list[str], *, is_paged: bool) -> str:
    """CTEs down to `records`, with what is read of the objects around them where the feed is nested."""
    if not is_nested(feed):
        return paged_records_sql(feed.page_array) if is_paged else bare_records_sql()
    surroundings = _surroundings(feed, paths)
    if is_paged:
        return nested_records_sql(feed, surroundings)
    return f"""{bare_records_sql().replace("records as", "bare_records as")},
records as (
    select *, {bare_surroundings_sql(surroundings)} from bare_records
)"""


def _surroundings(feed: Feed, paths: list[str]) -> list[Surroundings]:
    """What is read once of each object at a named level: its tokens, and the elements of its keyed lists."""
    read = []
    for level, inner in _paths_around(paths).items():
        wanted = ", ".join(literal(f"$.{path}") for path in inner)
        columns = [(_tokens_of(level), f"json_extract(value, [{wanted}])::varchar[]", "varchar[]")]
        for keyed in feed.keyed_lists:
            at = place(keyed.path)
            if at.level == level:
                found = f"json_extract(value, {literal(f'$.{at.inner}')})"
                column = elements_column(keyed.path)
                columns.append((column, elements_sql(keyed, found), elements_type(keyed)))
        read.append(Surroundings(level, tuple(columns)))
    return read


def _around(feed: Feed, paths: list[str]) -> dict[str, str]:
    """SQL of the tokens that stand around a record, by path; its position among them."""
    tokens = {
        f"{level}>{path}": f"{name(_tokens_of(level))}[{index}]"
        for level, inner in _paths_around(paths).items()
        for index, path in enumerate(inner, start=1)
    }
    return tokens | ({POSITION: "position::varchar"} if POSITION in paths else {})


def _paths_around(paths: list[str]) -> dict[str, list[str]]:
    """The paths below the objects of each named level that is looked at, from those objects."""
    around: dict[str, list[str]] = {}
    for path in paths:
        at = place(path)
        if at.level and at.key is None:
            around.setdefault(at.level, []).append(at.inner)
    return around


def _tokens_of(level: str) -> str:
    return f"tokens of {level}"


def csv_rows_sql(
    feed: Feed, lines: str, given: Given, bounds: DateBounds, *, header_line: int, columns: tuple[str, ...]
) -> str:
    """Landing rows of a CSV file whose header has these columns, those that are not landed included.

    A declared column that the header does not have reads as empty.
    """
    feed = feed.as_csv()
    width = len(columns)
    cell = '"(?:[^"]|"")*"|[^",]*'
    row = f"({cell})(,({cell}))*"
    places = {column: place for place, column in enumerate(columns, start=1)}
    found = ",\n        ".join(
        f"nullif({trimmed(f'cells[{places[column]}]')}, '') as {name(column)}"
        if column in places
        else f"NULL::varchar as {name(column)}"
        for column in feed.csv_columns
    )
    return f"""
with lines as ({lines}),
{bare_records_sql()},
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
{judged_rows_sql(feed, CELL, given, bounds)}
"""
