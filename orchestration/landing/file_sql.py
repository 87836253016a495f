"""How the text of a file lies: its lines, its JSON values, the records in them, as SQL.

Builds text only; what a record must be belongs to record_sql.py.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.landing.file_names import Compression
from orchestration.landing.integrity import Content
from orchestration.landing.path_sql import segments
from orchestration.landing.value_sql import literal
from orchestration.sources.base import Feed

# What DuckDB takes for a line without being told.
DEFAULT_MAX_LINE = 1_900_000

SPACE = "' ' || chr(9) || chr(10) || chr(13)"


def lines_sql(path: Path, compression: Compression, content: Content) -> str:
    """A select of every line of a text file: line (1-based, blank ones counted), content (NULL if blank)."""
    is_wide = content.longest_line > DEFAULT_MAX_LINE
    width = f", max_line_size = {content.longest_line + 1024}" if is_wide else ""
    # Left alone, DuckDB takes the end of the first line for that of all, and one of the other kind for two.
    ends = ", new_line = '\\r\\n'" if content.has_carriage_returns else ""
    return (
        "select row_number() over () as line, content from read_csv("
        f"{literal(glob_escaped(path))}, columns = {{'content': 'VARCHAR'}}, delim = "
        f"chr({content.separator}), quote = '', escape = '', "
        f"comment = '', header = false, auto_detect = false, strict_mode = false, "
        f"compression = '{compression}'{width}{ends})"
    )


def glob_escaped(path: Path) -> str:
    """A path as DuckDB takes it for this one file, whatever letters its name has."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def shape_sql(feed: Feed, lines: str, unknown_keys: str = "NULL") -> str:
    """One row on the JSON values of a file, one a line.

    Columns: line_count, value_count (lines not blank), valid_count (objects and arrays), first_is_valid,
    last_is_valid, is_paged, is_complete (the last page does not announce more), has_repeated_keys, and
    unknown_keys as the given SQL finds them in the CTE `kinds`: opening, keys and line_count per set of keys.
    """
    lists = {segments(nesting[0].path)[0]: nesting[0].path for nesting in feed.shapes}
    is_page = " or ".join(_has_key(key) for key in lists) or "false"
    is_damaged = " or ".join(
        f"({_has_key(key)} and coalesce(json_type(content, {literal(f'$.{path}')}) <> 'ARRAY', true))"
        for key, path in lists.items()
    )
    is_damaged = is_damaged or "false"
    more = literal(f"$.{feed.more_flag}")
    last_more = literal(f"$[#-1].{feed.more_flag}")
    return f"""
with lines as ({lines}),
opened as (
    select line, content, left(ltrim(content, {SPACE}), 1) as opening from lines
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
                when opening = '[' then try(json_extract_string(content, {last_more}))
                when {_has_key(segments(feed.more_flag)[0])} then json_extract_string(content, {more})
            end,
            'false'
        ) as more,
        case when {is_page} then {is_damaged} end as is_damaged_page
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
        * exclude (keys),
        keys is not null as is_valid,
        len(keys) <> list_unique(keys) as has_repeated_keys,
        coalesce(opening = '[' and keys is not null, false) or ({is_page}) as is_paged
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
    coalesce(arg_max(more, last_line) in ('', 'false'), true)
    and not coalesce(bool_or(is_damaged), false)
    and not (coalesce(bool_or(is_paged), false) and bool_or(not is_valid)) as is_complete,
    coalesce(bool_or(has_repeated_keys), false) as has_repeated_keys,
    ({unknown_keys}) as unknown_keys
from filled
"""


def _has_key(key: str) -> str:
    return f"coalesce(list_contains(keys, {literal(key)}), false)"


def bare_records_sql() -> str:
    """A CTE `records` of the lines that are not blank: record_line, line, record."""
    return f"""records as (
    select line as record_line, line, content as record from lines
    where ltrim(content, {SPACE}) <> ''
)"""


def paged_records_sql(page_array: str | None) -> str:
    """Records out of pages, arrays and bare lines in any mix, numbered through the file."""
    page = f"$.{page_array}"
    # An object with the first key on the way is a page, though a damaged one where no list follows.
    first_key = f'$."{segments(page_array)[0]}"' if page_array else page
    records = (
        f"""case
            when not starts_with(ltrim(value, {SPACE}), '{{') then [value]
            when try(json_type(value, {literal(page)})) = 'ARRAY'
                then json_extract(value, {literal(page + "[*]")})::varchar[]
            when try(json_exists(value, {literal(first_key)})) then ['null']
            else [value]
        end"""
        if page_array
        else "[value]"
    )
    return f"""{listed_sql()},
unpaged as (
    select line, unnest({records}) as record from listed
),
records as (
    select row_number() over () as record_line, line, record from unpaged
)"""


def listed_sql() -> str:
    """A CTE `listed` of the JSON values of the lines, those of a list one by one: line, value."""
    return f"""listed as (
    select
        line,
        unnest(
            case
                when starts_with(ltrim(content, {SPACE}), '[')
                    then coalesce(try(json_extract(content, '$[*]')::varchar[]), [content])
                else [content]
            end
        ) as value
    from lines
    where ltrim(content, {SPACE}) <> ''
)"""
