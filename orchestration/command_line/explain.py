"""What `adoption explain` prints: the rule, every threshold, every day counted, and the deliveries.

Only layout belongs here; what is said comes from orchestration/explanation/.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from orchestration.command_line.report import WIDTH, aligned
from orchestration.errors import WrongUse
from orchestration.home import EMPLOYEE_FILE, Home

if TYPE_CHECKING:
    import duckdb

    from orchestration.explanation.tier import Explanation

# Enough of a delivery_id to tell it from all others; `adoption withdraw` takes any unique beginning.
SHORT_ID = 8
LABEL = 9


def explain(
    home: Home, employee_id: str, wanted: date | None, policy: str | None, scope: str | None
) -> list[str]:
    """The explanation as lines. Raises WrongUse for an unknown person, date, policy or scope."""
    import duckdb

    from orchestration.explanation import tier
    from orchestration.publishing import generation

    current = generation.current(home)
    if current is None:
        raise WrongUse(f"Nothing has been published in {home.root} yet; run `adoption nightly` first.")
    as_of = wanted or current.as_of_date
    if as_of > current.as_of_date:
        raise WrongUse(f"The date {as_of} lies after {current.as_of_date}, the published as-of date.")
    folder = home.current.resolve()
    person = tier.person_of(folder, employee_id)
    with duckdb.connect(str(folder / EMPLOYEE_FILE), read_only=True) as published:
        found = tier.gather(published, person, as_of, policy, scope)
        parts = [
            [*_tier_lines(found, current.generation), *_cutoff_lines(found)],
            _week_lines(found),
            _day_lines(found),
            _delivery_lines(published, found),
        ]
    return "\n\n".join("\n".join(part) for part in parts if part).splitlines()


def _labelled(label: str, text: str) -> list[str]:
    """A text behind its label, wrapped."""
    return textwrap.wrap(f"{label:<{LABEL}}{text}", WIDTH, subsequent_indent=" " * LABEL)


def _tier_lines(found: Explanation, generation_number: int) -> list[str]:
    tier = found.tier
    until = f" until {tier['valid_to']} (exclusive)" if tier["valid_to"] else ""
    lines = [
        f"{found.person.employee_id}: {tier['tier_name'] or tier['tier_code']} ({tier['tier_code']}) "
        f"as of {found.as_of}, since {tier['valid_from']}{until}; generation {generation_number}",
        f"Policy   {found.policy.policy_id} version {found.policy.policy_version}, scope {found.scope}",
    ]
    if tier["tier_low_code"] is not None:
        firm = "missing days change nothing" if tier["is_firm"] else "missing days could change it"
        firmness = f"{'firm' if tier['is_firm'] else 'not firm'}: {firm}"
        lines.append(f"Range    from {tier['tier_low_code']} to {tier['tier_high_code']}, {firmness}")
    if tier["reason_code"]:
        lines.append(f"Reason   {tier['reason_code']}")
    window = found.window
    length = (
        f"{window.day_count // 7} whole weeks" if found.policy.counts_weeks else f"{window.day_count} days"
    )
    lines.append(f"Window   {window.first} to {window.last}, {length}")
    if not found.texts:
        reasons = "; ".join(found.doubts)
        return [
            *lines,
            *_labelled(
                "Figures",
                f"not to be had from the published tables for this date: {reasons}. "
                "The days below are as published.",
            ),
        ]
    for label, name in (
        ("Rule", "rule_text"),
        ("Values", "thresholds_text"),
        ("Next", "next_tier_text"),
        ("Days", "days_text"),
    ):
        lines += _labelled(label, found.texts[name])
    return [*lines, f"Texts    {found.source}"]


def _cutoff_lines(found: Explanation) -> list[str]:
    """Whose cut-offs were used, since when, and what they are."""
    if not found.cutoffs:
        return []
    first = found.cutoffs[0]
    group = "the company" if first["group_level"] == "company" else f"line of business {first['group_code']}"
    means = ", ".join(
        f"percentile {row['percentile']}: {row['weekly_mean'].normalize():f}" for row in found.cutoffs
    )
    return _labelled("Cut-offs", f"of {group}, from {first['valid_from']}, mean per week: {means}")


def _week_lines(found: Explanation) -> list[str]:
    """One line per week, for policies that count weeks."""
    policy = found.policy
    if not policy.counts_weeks:
        return []
    noun = policy.measure_code.replace("_count", "").replace("_", " ") + "s"
    rows = [["week", "expected", "observed", "active days", noun, "counts", "weight"]]
    for week in found.figures.weeks:
        rows.append(
            [
                f"{week.week_start_date} to {week.week_start_date + timedelta(days=6)}",
                f"{week.expected / 1000:g}",
                f"{week.observed / 1000:g}",
                str(week.active_days),
                str(week.measure),
                "yes" if week.measure >= policy.active_week_minimum else "-",
                f"{week.weight / 1000:g}",
            ]
        )
    return [
        f"Weeks: one with {policy.active_week_minimum} or more {noun} counts; weight: its part in the mean",
        *(f"  {line}" for line in aligned(rows)),
    ]


def _day_lines(found: Explanation) -> list[str]:
    lines = [f"  {'date':<15} {'expected':>8}  {'counted as':<13} {'active':<7} {'substantive':<12} tools"]
    for day in found.days.days:
        texts = [*day.texts, *(missing.reason for missing in day.missing)]
        lines.append(
            f"  {day.activity_date:%Y-%m-%d %a} {day.expected / 1000:>9g}  {day.status:<13} "
            f"{_yes(day.is_active):<7} {_yes(day.is_substantive):<12} {'; '.join(texts)}".rstrip()
        )
    for dates, why in (
        (found.days.before_data, "before the published data begins"),
        (found.days.not_employed, "outside employment here or the agreements"),
        (found.days.not_in_use, "no tool of the scope was in use"),
    ):
        if dates:
            lines.append(f"  {len(dates)} more days have no row: {why}")
    return ["Every day of the window, and how it counted", *lines]


def _yes(value: bool) -> str:
    return "yes" if value else "-"


def _delivery_lines(published: duckdb.DuckDBPyConnection, found: Explanation) -> list[str]:
    """One line per day that any delivery covers, one column per feed."""
    from orchestration.explanation.missing import refused

    window = found.window
    covering: dict[tuple[date, str, str], list[str]] = defaultdict(list)
    for day, source, feed, delivery_id in published.execute(
        """
        select c.activity_date, c.source, c.feed, c.delivery_id
        from ops.feed_coverage as c
        inner join ops.load_file as f on f.delivery_id = c.delivery_id
        where c.activity_date >= ? and c.activity_date <= ?
        order by f.rank_at desc, c.delivery_id
        """,
        [window.first, window.last],
    ).fetchall():
        covering[day, source, feed].append(str(delivery_id)[:SHORT_ID])
    refused_days = refused(published, found.person.employee_key, window)
    feeds = sorted({(feed.source, feed.feed) for feed in found.days.feeds})
    rows = [["date", *("/".join(feed) for feed in feeds)]]
    for day in sorted({day for day, *_ in covering}):
        cells = [
            " ".join(covering.get((day, *feed), ["missing"]))
            + (" (a record refused)" if (day, *feed) in refused_days else "")
            for feed in feeds
        ]
        rows.append([f"{day:%Y-%m-%d %a}", *cells])
    return [
        "Deliveries that cover each day, the newest first (beginnings of ops.load_file.delivery_id)",
        *(f"  {line}" for line in aligned(rows)),
    ]
