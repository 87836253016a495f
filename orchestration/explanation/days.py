"""The days of one person within a window and a scope, as far as the published tables tell them.

They tell exactly what was expected and done. Whether a missing feed was one of the person's they tell only
where it shows: spans of access are not published. What cannot be told is marked so and not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from orchestration.explanation import rule_rows
from orchestration.explanation.missing import Missing, what_is_missing
from orchestration.explanation.rule_rows import ToolFeed, Window

if TYPE_CHECKING:
    import duckdb

ACTIVE, NOT_EXPECTED, UNKNOWN, INACTIVE, UNDECIDED = (
    "active",
    "not_expected",
    "unknown",
    "inactive",
    "undecided",
)


@dataclass(frozen=True)
class Day:
    """One day: expected thousandths, how it counts in the scope, what was done and by which tools.

    `status` is one of those above, `missing` what (as far as is known) leaves the day open.
    """

    activity_date: date
    expected: int
    status: str
    is_active: bool
    is_substantive: bool
    action_count: int
    used_tools: frozenset[str]
    missing: tuple[Missing, ...]
    texts: tuple[str, ...]

    @property
    def is_unobserved(self) -> bool:
        """A feed is missing, and nothing else shows use."""
        return not self.is_active and (self.status == UNKNOWN or bool(self.missing))


@dataclass(frozen=True)
class Access:
    """Since when the person may use each tool; `is_stated` is false where everybody may."""

    is_stated: bool
    granted_from: dict[str, date]

    def may_use(self, tool: str, day: date) -> bool:
        """Whether the first grant lies at or before a day; a grant taken back later does not show."""
        return not self.is_stated or (tool in self.granted_from and self.granted_from[tool] <= day)


@dataclass(frozen=True)
class PersonDays:
    """The days that count, the scope's feeds, and the dates of the window that have no row and why."""

    days: list[Day]
    feeds: list[ToolFeed]
    access: Access
    before_data: list[date]
    not_employed: list[date]
    not_in_use: list[date]


def read(
    published: duckdb.DuckDBPyConnection,
    rules: duckdb.DuckDBPyConnection,
    key: str,
    window: Window,
    scope: str,
) -> PersonDays:
    """The person's days of a window in a scope, from a published employee-level file."""
    tool_modes = rule_rows.tool_modes_of(rules, scope)
    tools = {tool for tool, _ in tool_modes}
    feeds = _feeds_in_use(published)
    scope_feeds = [feed for feed in feeds if feed.tool_id in tools]
    use = _use(published, key, window, tool_modes)
    substantive = _substantive_dates(published, key, window, scope, tool_modes, rules)
    missing = what_is_missing(published, key, window, feeds)
    access = _access(published, key)
    rows = published.execute(
        "select activity_date, round(expected_fraction * 1000)::integer, engagement_status "
        "from marts.fct_employee_engagement_daily "
        "where employee_key = ? and activity_date >= ? and activity_date <= ? order by activity_date",
        [key, window.first, window.last],
    ).fetchall()
    in_use = {day for day in window.dates() if any(feed.is_in_use(day) for feed in scope_feeds)}
    days = [
        _day(day, expected, status, use.get(day, []), day in substantive, missing.get(day, []), tools, access)
        for day, expected, status in rows
        if day in in_use
    ]
    begins = first_date(published)
    known = {row[0] for row in rows}
    return PersonDays(
        days=days,
        feeds=scope_feeds,
        access=access,
        before_data=[day for day in sorted(in_use) if day < begins],
        not_employed=[day for day in sorted(in_use) if day >= begins and day not in known],
        not_in_use=[day for day in window.dates() if day not in in_use],
    )


def _feeds_in_use(published: duckdb.DuckDBPyConnection) -> list[ToolFeed]:
    """Every feed that decides what is known of a tool in use."""
    return [
        ToolFeed(*row)
        for row in published.execute(
            "select tool_id, product_name, source, feed, valid_from, valid_to "
            "from ops.tool_feed inner join marts.dim_tool using (tool_id) order by all"
        ).fetchall()
    ]


def first_date(published: duckdb.DuckDBPyConnection) -> date:
    """The first day of the published data."""
    found = published.execute("select min(activity_date) from marts.fct_employee_engagement_daily").fetchone()
    return found[0] if found and found[0] else date.max


def _day(  # noqa: PLR0917 - each is a fact of its own
    day: date,
    expected: int,
    engagement_status: str,
    use: list[tuple[Any, ...]],
    is_substantive: bool,
    missing: list[Missing],
    tools: set[str],
    access: Access,
) -> Day:
    used = frozenset(str(tool) for tool, _, _, _, is_active in use if is_active)
    open_feeds = [reason for reason in missing if access.may_use(reason.tool_id, day)]
    of_scope = tuple(reason for reason in open_feeds if reason.tool_id in tools)
    if engagement_status == INACTIVE:  # every tool the person could use has arrived
        of_scope = ()
    return Day(
        activity_date=day,
        expected=expected,
        status=_status(expected, bool(used), engagement_status, of_scope, open_feeds, access),
        is_active=bool(used),
        is_substantive=is_substantive and bool(use),
        action_count=sum(count or 0 for _, _, count, _, _ in use),
        used_tools=used,
        missing=of_scope,
        texts=_texts(use),
    )


def _status(  # noqa: PLR0917
    expected: int,
    is_active: bool,
    engagement_status: str,
    of_scope: tuple[Missing, ...],
    open_feeds: list[Missing],
    access: Access,
) -> str:
    """How the day counts in the scope."""
    if is_active:
        return ACTIVE
    if expected == 0:
        return NOT_EXPECTED
    if not of_scope:
        return INACTIVE
    # the day's own status says that some tool of the person's is missing: all that may be are of the scope
    if not access.is_stated or (engagement_status == UNKNOWN and len(of_scope) == len(open_feeds)):
        return UNKNOWN
    return UNDECIDED


def _use(
    published: duckdb.DuckDBPyConnection, key: str, window: Window, tool_modes: list[tuple[str, str]]
) -> dict[date, list[tuple[Any, ...]]]:
    """Per day (tool, mode, actions, basis, is_active) of the scope."""
    found = published.execute(
        """
        select activity_date, tool_id, mode_code, intentional_action_count, evidence_basis, is_active
        from marts.fct_employee_tool_mode_daily
        where employee_key = ? and activity_date >= ? and activity_date <= ?
            and (tool_id || ' ' || mode_code) in (select unnest(?::varchar[]))
        order by activity_date, tool_id, mode_code
        """,
        [key, window.first, window.last, [f"{tool} {mode}" for tool, mode in tool_modes]],
    ).fetchall()
    use: dict[date, list[tuple[Any, ...]]] = defaultdict(list)
    for day, *rest in found:
        use[day].append(tuple(rest))
    return use


def _substantive_dates(  # noqa: PLR0917
    published: duckdb.DuckDBPyConnection,
    key: str,
    window: Window,
    scope: str,
    tool_modes: list[tuple[str, str]],
    rules: duckdb.DuckDBPyConnection,
) -> set[date]:
    """Dates on which a mode reaches its floor: in one tool where the scope is one, else over all tools."""
    one_tool = rule_rows.is_one_tool(rules, scope)
    table = "fct_employee_tool_mode_daily" if one_tool else "fct_employee_mode_daily"
    name = "tool_id" if one_tool else "mode_code"
    wanted = sorted({tool if one_tool else mode for tool, mode in tool_modes})
    return {
        day
        for (day,) in published.execute(
            f"select distinct activity_date from marts.{table} where employee_key = ? and is_substantive "
            f"and activity_date >= ? and activity_date <= ? and {name} in (select unnest(?::varchar[]))",
            [key, window.first, window.last, wanted],
        ).fetchall()
    }


def _access(published: duckdb.DuckDBPyConnection, key: str) -> Access:
    stated = published.execute(
        "select count(*) > 0 from ops.load_file where source = 'access' and feed = 'entitlements' "
        "and delivery_status <> 'frozen'"
    ).fetchone()
    granted = published.execute(
        "select tool_id, first_granted_date from marts.dim_employee_tool "
        "where employee_key = ? and first_granted_date is not null",
        [key],
    ).fetchall()
    return Access(bool(stated and stated[0]), dict(granted))


def _texts(use: list[tuple[Any, ...]]) -> tuple[str, ...]:
    """Per tool the modes and what was done, e.g. `chatgpt: chat 4`; `flag` where only a flag says so, `?`
    where the vendor states no count.
    """
    texts = []
    for tool, modes in groupby(use, key=lambda row: row[0]):
        counts = [
            f"{mode} {'flag' if basis == 'flag' else '?' if count is None else count}"
            + ("" if is_active else " (not active)")
            for _, mode, count, basis, is_active in modes
        ]
        texts.append(f"{tool}: {', '.join(counts)}")
    return tuple(texts)
