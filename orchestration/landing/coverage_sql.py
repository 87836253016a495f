"""Which whole days the pages of a file answer for, by what their envelopes state, as SQL.

Builds text only; the days that a file's name states belong to file_names.py, which of them counts to land.py.
"""

from __future__ import annotations

from orchestration.landing.file_sql import SPACE, listed_sql
from orchestration.landing.value_sql import TOKEN, judge, literal, name
from orchestration.sources.base import Field
from orchestration.sources.layout import Covered


def covered_sql(covered: Covered, lines: str) -> str:
    """One row: covers_from, covers_to, both inclusive whole days in UTC.

    Both are NULL where an envelope states nothing legible, where there is a gap between two of them, or where
    no day is answered for as a whole.
    """
    paths = {path: f"tokens[{index}]" for index, path in enumerate((covered.starts_at, covered.ends_at), 1)}
    judged = [
        judge(Field(column, covered.kind, path, required=True, may_be_quoted=True), TOKEN)
        for column, path in (("starts_at", covered.starts_at), ("ends_at", covered.ends_at))
    ]
    texts = "".join(f", {sql} as {column}" for one in judged for column, sql in one.texts)
    values = ", ".join(f"({value})::timestamp as {column}" for one in judged for column, value in one.values)
    stated = " and ".join(f"({one.reason}) is null" for one in judged)
    part = f"unnest(json_extract(value, {literal(f'$.{covered.list_path}[*]')})::varchar[])"
    return f"""
with lines as ({lines}),
{listed_sql()},
pages as (
    select case when starts_with(ltrim(value, {SPACE}), '{{') and json_valid(value) then value end as value
    from listed
),
parts as (
    select {part if covered.list_path else "value"} as part from pages
),
looked_at as (
    select json_extract(part, [{", ".join(literal(f"$.{path}") for path in paths)}])::varchar[] as tokens
    from parts
),
found as (
    select {", ".join(f"{sql} as {name(path)}" for path, sql in paths.items())} from looked_at
),
texts as (
    select *{texts} from found
),
judged as (
    select {values}, {stated} as is_stated from texts
),
joined as (
    select
        *,
        max(ends_at) over (
            order by starts_at, ends_at rows between unbounded preceding and 1 preceding
        ) as reached_at
    from judged
),
days as (
    select
        (min(starts_at) + interval 1 day - interval 1 microsecond)::date as covers_from,
        (max(ends_at) - interval 1 day)::date as covers_to,
        bool_and(is_stated and starts_at <= ends_at and coalesce(starts_at <= reached_at, true)) as is_whole
    from joined
)
select
    case when is_whole and covers_from <= covers_to then covers_from end as covers_from,
    case when is_whole and covers_from <= covers_to then covers_to end as covers_to
from days
"""
