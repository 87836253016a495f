"""Movement, retention and milestones in plain Python, from the weekly tiers and facts a generation publishes.

Written from the descriptions of the tables, not from their SQL. What is asserted belongs to the tests.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb

WEEK = timedelta(days=7)
SUNDAY = timedelta(days=6)
Row = tuple[Any, ...]
Series = tuple[str, str]  # policy_id, scope_code


@dataclass(frozen=True)
class Tier:
    """The tier of one person as of one Sunday; `group` is whom it is relative to, if anybody."""

    code: str
    is_rated: bool
    is_firm: bool
    group: str | None


@dataclass(frozen=True)
class Published:
    """What the expectation is worked out from; tiers by series, week and employee."""

    tiers: Mapping[Series, Mapping[date, Mapping[str, Tier]]]
    versions: Mapping[tuple[str, date], int]
    cutoff_sets: Mapping[tuple[str, int], list[date]]
    habits: set[tuple[str, int, str]]
    horizons: list[int]
    policy_scopes: list[Series]
    people: set[str]
    grants: Mapping[str, list[tuple[str, date]]]
    uses: Mapping[str, list[tuple[date, str, str]]]
    scope_modes: Mapping[str, set[tuple[str, str]]]
    data_from: Mapping[str, date]


def _seed(seeds: Path, name: str) -> list[dict[str, str]]:
    with next(seeds.rglob(f"{name}.csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(connection: duckdb.DuckDBPyConnection, seeds: Path) -> Published:
    """Everything of one generation that the three tables may rest on, with the seeds it was built with."""
    rules = _seed(seeds, "tier_rules")
    rated = {
        (r["policy_id"], int(r["policy_version"]), r["tier_code"]): r["is_rated"] == "true" for r in rules
    }
    relative = {(r["policy_id"], int(r["policy_version"])) for r in rules if r["minimum_percentile"]}
    lines = defaultdict(list)
    for key, line, begins, ends in connection.execute(
        "select employee_key, line_of_business, valid_from, valid_to from marts.dim_employee"
    ).fetchall():
        lines[key].append((begins, ends or date.max, line))
    tiers: dict[Series, dict[date, dict[str, Tier]]] = defaultdict(lambda: defaultdict(dict))
    versions: dict[tuple[str, date], int] = {}
    for policy, version, scope, key, week, code, is_firm, reason in connection.execute(
        "select policy_id, policy_version, scope_code, employee_key, week_start_date, tier_code, is_firm, "
        "reason_code from marts.fct_employee_tier_weekly"
    ).fetchall():
        assert versions.setdefault((policy, week), version) == version
        is_rated = rated[policy, version, code]
        group = None
        if (policy, version) in relative and is_rated:
            (line,) = [name for begins, ends, name in lines[key] if begins <= week + SUNDAY < ends]
            group = "company" if reason == "company_cutoffs" else f"line {line}"
        tiers[policy, scope][week][key] = Tier(code, is_rated, is_firm is not False, group)
    return Published(
        tiers=tiers,
        versions=versions,
        cutoff_sets=_cutoff_sets(connection),
        habits={
            (r["policy_id"], int(r["policy_version"]), r["tier_code"])
            for r in rules
            if r["is_habit"] == "true"
        },
        horizons=[int(row["weeks_after"]) for row in _seed(seeds, "retention_horizons")],
        policy_scopes=[(row["policy_id"], row["scope_code"]) for row in _seed(seeds, "tier_policy_scopes")],
        people=set(lines),
        grants=_grants(connection),
        uses=_uses(connection),
        scope_modes=_scope_modes(seeds),
        data_from=_data_from(connection, seeds),
    )


def _cutoff_sets(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int], list[date]]:
    sets = defaultdict(set)
    for policy, version, begins in connection.execute(
        "select policy_id, policy_version, valid_from from ops.tier_cutoff"
    ).fetchall():
        sets[policy, version].add(begins)
    return {key: sorted(found) for key, found in sets.items()}


def _grants(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, date]]]:
    grants = defaultdict(list)
    for key, tool, day in connection.execute(
        "select employee_key, tool_id, first_granted_date from marts.dim_employee_tool"
    ).fetchall():
        if day is not None:
            grants[key].append((tool, day))
    return grants


def _uses(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[date, str, str]]]:
    uses = defaultdict(list)
    for key, day, tool, mode, is_active in connection.execute(
        "select employee_key, activity_date, tool_id, mode_code, is_active "
        "from marts.fct_employee_tool_mode_daily"
    ).fetchall():
        if is_active:
            uses[key].append((day, tool, mode))
    return uses


def _scope_modes(seeds: Path) -> dict[str, set[tuple[str, str]]]:
    tools = [(row["tool_id"], row["mode_code"]) for row in _seed(seeds, "tool_modes")]
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in _seed(seeds, "scope_modes"):
        found[row["scope_code"]] |= {pair for pair in tools if pair[1] == row["mode_code"]}
    for row in _seed(seeds, "scopes"):
        if row["tool_id"]:
            found[row["scope_code"]] |= {pair for pair in tools if pair[0] == row["tool_id"]}
    return found


def _data_from(connection: duckdb.DuckDBPyConnection, seeds: Path) -> dict[str, date]:
    covered: dict[tuple[str, str], date] = {}
    for source, feed, day in connection.execute(
        "select source, feed, min(activity_date) from ops.feed_coverage group by all"
    ).fetchall():
        covered[source, feed] = day
    starts: dict[str, date] = {}
    in_use = connection.execute("select distinct tool_id from ops.tool_feed").fetchall()
    for row in _seed(seeds, "tool_feeds"):
        if row["feed_role"] != "authoritative" or (row["tool_id"],) not in in_use:
            continue
        begins = covered.get((row["source"], row["feed"]), date.max)
        starts[row["tool_id"]] = max(starts.get(row["tool_id"], date.min), begins)
    return starts


def _last_week_of(year: int, month: int) -> date:
    """The Monday of the week of the last Sunday that lies in a month."""
    first = date(year + month // 12, month % 12 + 1, 1)
    sunday = max(
        first - timedelta(days=back)
        for back in range(1, 8)
        if (first - timedelta(days=back)).isoweekday() == 7
    )
    return sunday - SUNDAY


def _periods(weeks: set[date]) -> Iterator[tuple[str, date, date, date]]:
    """(kind, first day, week before, week of its end) of every period of which both ends are published."""
    for week in weeks:
        if week - WEEK in weeks:
            yield "week", week, week - WEEK, week
        sunday = week + SUNDAY
        if (sunday + WEEK).month == sunday.month:
            continue
        before = sunday.replace(day=1) - timedelta(days=1)
        earlier = _last_week_of(before.year, before.month)
        if earlier in weeks:
            yield "month", sunday.replace(day=1), earlier, week


def _refused_for_all(data: Published, policy: str, start: date, end: date) -> str | None:
    first, last = data.versions[policy, start], data.versions[policy, end]
    if first != last:
        return f"policy version changed from {first} to {last}"
    sets = data.cutoff_sets.get((policy, first), [])
    known = [[begins for begins in sets if begins <= week + SUNDAY] for week in (start, end)]
    if all(known) and known[0][-1] != known[1][-1]:
        return f"cut-offs of {known[0][-1]} replaced by those of {known[1][-1]}"
    return None


def _refused(for_all: str | None, first: Tier, last: Tier) -> str | None:
    if for_all is None and first.group and last.group and first.group != last.group:
        return "measured against another group of colleagues"
    return for_all


def _published_weeks(data: Published, policy: str) -> set[date]:
    return {week for found, week in data.versions if found == policy}


def movement(data: Published) -> Counter[Row]:
    """Columns of tier_movement but the counts to employee_count; with `firm` before them to firm_count."""
    counts: Counter[Row] = Counter()
    for policy, scope in data.policy_scopes:
        tiers = data.tiers[policy, scope]
        for kind, period, start, end in _periods(_published_weeks(data, policy)):
            for_all = _refused_for_all(data, policy, start, end)
            versions = (data.versions[policy, start], data.versions[policy, end])
            for key in tiers[start].keys() | tiers[end].keys():
                first, last = tiers[start].get(key), tiers[end].get(key)
                reason = _refused(for_all, first, last) if first and last else None
                version: int | None = versions[0] if last is None else versions[1]
                if first and last and versions[0] != versions[1]:
                    version = None
                codes = (first.code if first else "joined", last.code if last else "left")
                row = (
                    *(policy, version, scope, kind, period, start + SUNDAY, end + SUNDAY),
                    *((None, None) if reason else codes),
                    *(reason is None, reason),
                )
                counts[row] += 1
                is_firm = all(tier is None or tier.is_firm for tier in (first, last))
                if reason is None:
                    counts["firm", *row] += int(is_firm)
    return counts


def retention(data: Published) -> dict[Row, Row]:
    """Keys and attributes of tier_retention to its counts and share."""
    kinds: dict[Row, Counter[str]] = defaultdict(Counter)
    for policy, scope in data.policy_scopes:
        tiers, weeks = data.tiers[policy, scope], _published_weeks(data, policy)
        for start in weeks:
            for after in data.horizons:
                end = start + after * WEEK
                if end not in weeks:
                    continue
                for_all = _refused_for_all(data, policy, start, end)
                for key, first in tiers[start].items():
                    if not first.is_rated:
                        continue
                    last = tiers[end].get(key)
                    reason = _refused(for_all, first, last) if last else for_all
                    row = (
                        policy,
                        data.versions[policy, start],
                        scope,
                        first.code,
                        start,
                        after,
                        reason is None,
                        reason,
                    )
                    kinds[row][_what_became(first, last)] += 1
    return {row: _retention_figures(found, is_comparable=row[6]) for row, found in kinds.items()}


def _what_became(first: Tier, last: Tier | None) -> str:
    if last is None:
        return "left"
    if not last.is_rated:
        return "unrated"
    return "still" if last.code == first.code else "other"


def _retention_figures(found: Counter[str], *, is_comparable: bool) -> Row:
    if not is_comparable:
        return (found.total(), None, None, None, found["left"], None)
    rated = found["still"] + found["other"]
    share = None
    if rated:
        share = (Decimal(found["still"]) / rated).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return (found.total(), found["still"], found["other"], found["unrated"], found["left"], share)


def milestones(data: Published) -> dict[Row, Row]:
    """(policy, scope, employee) to the other columns of fct_employee_adoption_milestone."""
    result: dict[Row, Row] = {}
    for policy, scope in data.policy_scopes:
        tools = {tool for tool, _ in data.scope_modes[scope]}
        for key in data.people:
            uses = [
                (day, tool)
                for day, tool, mode in data.uses.get(key, [])
                if (tool, mode) in data.scope_modes[scope]
            ]
            grants = [(day, tool) for tool, day in data.grants.get(key, []) if tool in tools]
            habits = [
                week
                for week, people in data.tiers[policy, scope].items()
                if key in people and (policy, data.versions[policy, week], people[key].code) in data.habits
            ]
            result[policy, scope, key] = _milestone(data, policy, uses, grants, habits)
    return result


def _milestone(
    data: Published,
    policy: str,
    uses: list[tuple[date, str]],
    grants: list[tuple[date, str]],
    habits: list[date],
) -> Row:
    used, tool = min(uses, default=(None, None))
    granted = min(grants)[0] if grants else None
    habit = min(habits, default=None)
    is_censored = used is not None and tool is not None and (used - data.data_from[tool]).days < 28
    days = weeks = None
    if used and not is_censored:
        unseen = [found for day, found in grants if day <= used and day < data.data_from[found]]
        if granted and granted <= used and not unseen:
            days = (used - granted).days
        if habit and habit >= used - timedelta(days=used.isoweekday() - 1):
            weeks = (habit - (used - timedelta(days=used.isoweekday() - 1))).days // 7
    version = data.versions[policy, habit] if habit else None
    return (granted, used, tool, habit, version, is_censored, days, weeks)
