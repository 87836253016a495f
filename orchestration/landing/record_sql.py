"""From lines of text to typed rows: the SQL that finds each record of a delivery and hands its values on.

Builds text only; running it and keeping its result belongs to record_reader.py. How a file lies: file_sql.py;
what a record must be: judgement_sql.py.
"""

from __future__ import annotations

from orchestration.landing.file_sql import SPACE, bare_records_sql, paged_records_sql
from orchestration.landing.judgement_sql import DateBounds, Given, judged_rows_sql, looked_at_paths
from orchestration.landing.value_sql import CELL, TOKEN, literal, name, trimmed
from orchestration.sources.base import Feed

MAX_RECORD_BYTES = 16 << 20
NOT_A_ROW = "row: not the columns of the header"


def json_rows_sql(
    feed: Feed, lines: str, given: Given, bounds: DateBounds, *, is_paged: bool, has_repeated_keys: bool
) -> str:
    """Landing rows of a JSON file, in its order: one per record, rejected ones with their reason."""
    paths = looked_at_paths(feed)
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
{paged_records_sql(feed.page_array) if is_paged else bare_records_sql()},
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
{judged_rows_sql(feed, TOKEN, given, bounds)}
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
