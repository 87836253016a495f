"""Why one person has their tier: the rule, the window, every day counted, and the deliveries behind it.

Reads the published files of one generation and the policy's seeds only; it computes no tier of its own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from orchestration.command_line.report import aligned
from orchestration.errors import WrongUse
from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, PROJECT_ROOT, Home

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

ALL_TOOLS = "all"
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
# Enough of a delivery_id to tell it from all others; `adoption withdraw` takes any unique beginning.
SHORT_ID = 8


@dataclass(frozen=True)
class Window:
    """The inclusive first and last day a tier looks at."""

    first: date
    last: date


@dataclass(frozen=True)
class Day:
    """One day of a person: expected in thousandths, how it counted, and per tool what was done."""

    activity_date: date
    expected_thousandths: int
    engagement_status: str
    is_active: bool
    is_substantive: bool
    tools: tuple[str, ...]


def explain(home: Home, employee_id: str, wanted: date | None, policy: str, scope: str) -> list[str]:
    """The explanation as lines. Raises WrongUse for an unknown person, date, policy or scope."""
    import duckdb

    from orchestration.publishing import generation

    current = generation.current(home)
    if current is None:
        raise WrongUse(f"Nothing has been published in {home.root} yet; run `adoption nightly` first.")
    as_of = wanted or current.as_of_date
    if as_of > current.as_of_date:
        raise WrongUse(f"The date {as_of} lies after {current.as_of_date}, the published as-of date.")
    folder = home.current.resolve()
    key = employee_key(folder, employee_id)
    with duckdb.connect(str(folder / EMPLOYEE_FILE), read_only=True) as published:
        tier = _tier(published, key, as_of, policy, scope)
        window = window_of(policy, as_of)
        days = _days(published, key, window, scope)
        return [
            *_tier_lines(published, employee_id, tier, as_of, policy, scope, current.generation),
            "",
            *_day_lines(window, days, scope),
            "",
            *_delivery_lines(published, key, window, scope),
        ]


def employee_key(folder: Path, employee_id: str) -> str:
    """The pseudonym of a person in the identity file; WrongUse when it is not there."""
    import duckdb

    with duckdb.connect(str(folder / IDENTITY_FILE), read_only=True) as identity:
        found = identity.execute(
            "select employee_key from marts.employee_identity where employee_id = ?", [employee_id]
        ).fetchone()
    if found is None:
        raise WrongUse(
            f"No employee {employee_id!r} is in the published generation: not in the workforce file, "
            "or under no monitoring agreement."
        )
    return str(found[0])


def window_of(policy: str, as_of: date) -> Window:
    """The days the policy in force on a date looks at; WrongUse for an unknown policy."""
    for row in _seed("tiers/tier_policies.csv"):
        begins = date.fromisoformat(row["effective_from"])
        ends = date.fromisoformat(row["effective_to"]) if row["effective_to"] else date.max
        if row["policy_id"] == policy and begins <= as_of < ends:
            last = as_of - timedelta(days=int(row["settle_days"]))
            return Window(last - timedelta(days=int(row["window_days"]) - 1), last)
    raise WrongUse(f"There is no tier policy {policy!r} in force on {as_of}; see dim_tier.")


def modes_of(scope: str) -> list[str]:
    """The modes of use that count within a scope; WrongUse for an unknown scope."""
    modes = [row["mode_code"] for row in _seed("tools/scope_modes.csv") if row["scope_code"] == scope]
    if not modes:
        raise WrongUse(f"There is no scope {scope!r}; known are all, coding and chat_document.")
    return modes


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _tier(
    published: duckdb.DuckDBPyConnection, key: str, as_of: date, policy: str, scope: str
) -> dict[str, Any]:
    modes_of(scope)
    window_of(policy, as_of)
    cursor = published.execute(
        """
        select t.tier_code, t.tier_low_code, t.tier_high_code, t.is_firm, t.reason_code, t.policy_version,
            t.valid_from, t.valid_to, d.tier_name, d.rule_text
        from marts.dim_employee_tier as t
        left join marts.dim_tier as d
            on d.policy_id = t.policy_id and d.policy_version = t.policy_version and d.tier_code = t.tier_code
        where t.employee_key = ? and t.policy_id = ? and t.scope_code = ?
            and t.valid_from <= ? and (t.valid_to is null or t.valid_to > ?)
        """,
        [key, policy, scope, as_of, as_of],
    )
    names = [column[0] for column in cursor.description or []]
    row = cursor.fetchone()
    if row is None:
        raise WrongUse(
            f"This person has no tier as of {as_of}: not employed, not under an agreement, or "
            "before the data begins."
        )
    return dict(zip(names, row, strict=True))


def _days(published: duckdb.DuckDBPyConnection, key: str, window: Window, scope: str) -> list[Day]:
    days = published.execute(
        """
        select activity_date, round(expected_fraction * 1000)::integer, engagement_status
        from marts.fct_employee_engagement_daily
        where employee_key = ? and activity_date >= ? and activity_date <= ?
        order by activity_date
        """,
        [key, window.first, window.last],
    ).fetchall()
    modes = published.execute(
        """
        select activity_date, bool_or(is_active), bool_or(is_substantive)
        from marts.fct_employee_mode_daily
        where employee_key = ? and activity_date >= ? and activity_date <= ?
            and mode_code in (select unnest(?))
        group by activity_date
        """,
        [key, window.first, window.last, modes_of(scope)],
    ).fetchall()
    by_day = {day: (bool(active), bool(substantive)) for day, active, substantive in modes}
    tools = _tool_texts(published, key, window, modes_of(scope))
    return [
        Day(day, int(expected), str(status), *by_day.get(day, (False, False)), tuple(tools.get(day, [])))
        for day, expected, status in days
    ]


def _tool_texts(
    published: duckdb.DuckDBPyConnection, key: str, window: Window, modes: list[str]
) -> dict[date, list[str]]:
    """Per day, per tool the modes of the scope and what was done, e.g. `chatgpt: chat 4`; `flag` where only
    a flag says so, `?` where the vendor states no count.
    """
    rows = published.execute(
        """
        select activity_date, tool_id, mode_code, intentional_action_count, evidence_basis, is_active
        from marts.fct_employee_tool_mode_daily
        where employee_key = ? and activity_date >= ? and activity_date <= ?
            and mode_code in (select unnest(?))
        order by activity_date, tool_id, mode_code
        """,
        [key, window.first, window.last, modes],
    ).fetchall()
    texts: dict[date, list[str]] = defaultdict(list)
    for (day, tool), modes_used in groupby(rows, key=lambda row: (row[0], row[1])):
        counts = [
            f"{mode} {'flag' if basis == 'flag' else '?' if count is None else count}"
            + ("" if is_active else " (not active)")
            for _, _, mode, count, basis, is_active in modes_used
        ]
        texts[day].append(f"{tool}: {', '.join(counts)}")
    return texts


def _tier_lines(  # noqa: PLR0917
    published: duckdb.DuckDBPyConnection,
    employee_id: str,
    tier: dict[str, Any],
    as_of: date,
    policy: str,
    scope: str,
    generation_number: int,
) -> list[str]:
    name = tier["tier_name"] or tier["tier_code"]
    since = f"since {tier['valid_from']}" + (
        f" until {tier['valid_to']} (exclusive)" if tier["valid_to"] else ""
    )
    lines = [
        f"{employee_id}: {name} ({tier['tier_code']}) as of {as_of}, {since}; generation {generation_number}",
        f"Policy   {policy} version {tier['policy_version']}, scope {scope}",
        f"Rule     {tier['rule_text'] or 'none'}",
    ]
    if tier["tier_low_code"] is None:
        return [*lines, f"Reason   {tier['reason_code']}"]
    firm = (
        "firm: missing days change nothing" if tier["is_firm"] else "not firm: missing days could change it"
    )
    reason = f", reason {tier['reason_code']}" if tier["reason_code"] else ""
    return [*lines, f"Range    from {tier['tier_low_code']} to {tier['tier_high_code']}, {firm}{reason}"]


def sums(days: list[Day]) -> tuple[int, int, int]:
    """Thousandths of days expected, active and substantive over the window."""
    return (
        sum(day.expected_thousandths for day in days),
        sum(day.expected_thousandths for day in days if day.is_active),
        sum(day.expected_thousandths for day in days if day.is_substantive),
    )


def _day_lines(window: Window, days: list[Day], scope: str) -> list[str]:
    expected, active, substantive = (f"{value / 1000:g}" for value in sums(days))
    lines = [
        f"Window   {window.first} to {window.last}: {expected} days expected, of these {active} active, "
        f"{substantive} substantive{_unknown(days) if scope == ALL_TOOLS else ''}"
    ]
    if without := (window.last - window.first).days + 1 - len(days):
        lines.append(
            f"         {without} more days have no row: before the data begins, not employed, or under no "
            "agreement"
        )
    status = "status" if scope == ALL_TOOLS else "all tools"
    lines.append(f"  {'date':<15} {'expected':>8}  {status:<13} {'active':<7} {'substantive':<12} tools")
    for day in days:
        lines.append(
            f"  {day.activity_date:%Y-%m-%d %a} {day.expected_thousandths / 1000:>9g}  "
            f"{day.engagement_status:<13} "
            f"{_yes(day.is_active):<7} {_yes(day.is_substantive):<12} {'; '.join(day.tools)}".rstrip()
        )
    return lines


def _unknown(days: list[Day]) -> str:
    unknown = sum(day.expected_thousandths for day in days if day.engagement_status == "unknown")
    return f", {unknown / 1000:g} unknown (a feed is missing)" if unknown else ""


def _yes(value: bool) -> str:
    return "yes" if value else "-"


def feeds_of(scope: str) -> list[tuple[str, str]]:
    """The (source, feed) pairs of the tools that have a mode of the scope."""
    modes = set(modes_of(scope))
    tools = {row["tool_id"] for row in _seed("tools/tool_modes.csv") if row["mode_code"] in modes}
    return sorted(
        {(row["source"], row["feed"]) for row in _seed("tools/tool_feeds.csv") if row["tool_id"] in tools}
    )


def _delivery_lines(published: duckdb.DuckDBPyConnection, key: str, window: Window, scope: str) -> list[str]:
    """One line per day that any delivery covers, one column per feed."""
    between = [window.first, window.last]
    covering: dict[tuple[date, str, str], list[str]] = defaultdict(list)
    for day, source, feed, delivery_id in published.execute(
        """
        select c.activity_date, c.source, c.feed, c.delivery_id
        from ops.feed_coverage as c
        inner join ops.load_file as f on f.delivery_id = c.delivery_id
        where c.activity_date >= ? and c.activity_date <= ?
        order by f.rank_at desc, c.delivery_id
        """,
        between,
    ).fetchall():
        covering[day, source, feed].append(str(delivery_id)[:SHORT_ID])
    refused = set(
        published.execute(
            """
            select activity_date, source, feed from ops.uncovered_person_day
            where employee_key = ? and activity_date >= ? and activity_date <= ?
            """,
            [key, *between],
        ).fetchall()
    )
    feeds = feeds_of(scope)
    rows = [["date", *("/".join(feed) for feed in feeds)]]
    for day in sorted({day for day, *_ in covering}):
        cells = [
            " ".join(covering.get((day, *feed), ["missing"]))
            + (" (a record refused)" if (day, *feed) in refused else "")
            for feed in feeds
        ]
        rows.append([f"{day:%Y-%m-%d %a}", *cells])
    return [
        "Deliveries that cover each day, the newest first (beginnings of ops.load_file.delivery_id)",
        *(f"  {line}" for line in aligned(rows)),
    ]
