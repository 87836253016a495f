"""What is missing of one person's days: feeds that did not cover them, tools in which they are not visible.

Only reading the published tables belongs here; what it makes of a day belongs to days.py.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from orchestration.explanation.rule_rows import ToolFeed, Window


@dataclass(frozen=True)
class Missing:
    """Why a day of a tool is open: a feed of it is missing, or the person is not visible in its feeds while
    others, `shown_by`, show use.
    """

    product_name: str
    feeds_text: str
    tool_id: str
    shown_by: str = ""

    @property
    def reason(self) -> str:
        """What is wrong with the day."""
        if not self.shown_by:
            return f"{self.feeds_text} missing"
        return f"not visible in {self.feeds_text} although use is shown by {self.shown_by}"

    @property
    def text(self) -> str:
        """As int_evidence_missing_feed writes it."""
        return f"{self.product_name} ({self.reason if self.shown_by else self.feeds_text})"


def what_is_missing(
    published: duckdb.DuckDBPyConnection, key: str, window: Window, feeds: list[ToolFeed]
) -> dict[date, list[Missing]]:
    """Per day the feeds in use that do not cover the person's day, and the tools in whose feeds the person is
    not visible although all of them do.
    """
    between = [window.first, window.last]
    covered = set(
        published.execute(
            "select distinct activity_date, source, feed from ops.feed_coverage "
            "where activity_date >= ? and activity_date <= ?",
            between,
        ).fetchall()
    ) - refused(published, key, window)
    invisible = _invisible(published, key, window)
    return {
        day: _missing_on(day, [feed for feed in feeds if feed.is_in_use(day)], covered, invisible)
        for day in window.dates()
    }


def _missing_on(
    day: date,
    in_use: list[ToolFeed],
    covered: set[tuple[date, str, str]],
    invisible: dict[tuple[str, date], str],
) -> list[Missing]:
    absent = [feed for feed in in_use if (day, feed.source, feed.feed) not in covered]
    reasons = [Missing(feed.product_name, feed.name, feed.tool_id) for feed in absent]
    of_tools: dict[str, list[ToolFeed]] = defaultdict(list)
    for feed in in_use:
        of_tools[feed.tool_id].append(feed)
    for tool, of_tool in of_tools.items():
        shown_by = invisible.get((tool, day))
        if shown_by and not any(feed in absent for feed in of_tool):
            names = " and ".join(sorted(feed.name for feed in of_tool))
            reasons.append(Missing(of_tool[0].product_name, names, tool, shown_by))
    return reasons


def _invisible(published: duckdb.DuckDBPyConnection, key: str, window: Window) -> dict[tuple[str, date], str]:
    """(tool, day) on which the absence of the person's row means nothing, to the feeds that show use."""
    spans = published.execute(
        "select tool_id, valid_from, valid_to, shown_by_text from ops.invisible_span where employee_key = ?",
        [key],
    ).fetchall()
    return {
        (tool, day): shown_by
        for tool, begins, ends, shown_by in spans
        for day in window.dates()
        if begins <= day and (ends is None or day < ends)
    }


def refused(published: duckdb.DuckDBPyConnection, key: str, window: Window) -> set[tuple[date, str, str]]:
    """(date, source, feed) of the person of which a record was refused."""
    return set(
        published.execute(
            "select activity_date, source, feed from ops.uncovered_person_day "
            "where employee_key = ? and activity_date >= ? and activity_date <= ?",
            [key, window.first, window.last],
        ).fetchall()
    )
