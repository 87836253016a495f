"""Days that feeds were expected to cover and did not, by the generation in force: what is missing since when.

What a missing day means for people is decided by the models; whom to tell belongs to alerting/.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from orchestration.home import EMPLOYEE_FILE, SHARED_FILE, Home
from orchestration.sources import FEEDS

if TYPE_CHECKING:
    import duckdb

# Tiers look back four weeks; a gap that lies wholly before them is history.
WINDOW_DAYS = 28

# Runs of days without coverage, from the first day the feed covered, or the data begins, to the as-of date,
# as many as lie between two deliveries at least: fewer are the rhythm of a feed that comes weekly.
_GAPS = """
with covered as (
    select distinct source, feed, activity_date from ops.feed_coverage
),
begins as (
    select source, feed, min(activity_date) as first_date from covered group by all
),
expected as (
    select
        feeds.source,
        feeds.feed,
        feeds.as_of_date,
        feeds.delivered_every_days,
        unnest(generate_series(
            coalesce(begins.first_date, (select min(activity_date) from covered)),
            feeds.as_of_date,
            interval 1 day
        ))::date as activity_date,
    from shared.marts.feed_freshness as feeds
    left join begins
        on begins.source = feeds.source
        and begins.feed = feeds.feed
),
missing as (
    select
        expected.*,
        expected.activity_date
        - row_number() over (partition by source, feed order by activity_date)::integer as gap,
    from expected
    anti join covered using (source, feed, activity_date)
)
select
    source || '/' || feed,
    min(activity_date),
    max(activity_date),
    max(activity_date) = any_value(as_of_date),
from missing
group by source, feed, gap
having max(activity_date) > any_value(as_of_date) - ? and count(*) >= any_value(delivered_every_days)
order by 1, 2
"""


@dataclass(frozen=True)
class MissingDays:
    """Days on end that one feed has not covered, both included; `is_open` where they reach the as-of date."""

    feed: str
    since: date
    until: date
    is_open: bool

    @property
    def day_count(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def sentence(self) -> str:
        """Since when, and how much."""
        days = f"{self.day_count} {'day' if self.day_count == 1 else 'days'}"
        return f"missing since {self.since} ({days}{'' if self.is_open else f', up to {self.until}'})"


def missing_days(home: Home) -> tuple[MissingDays, ...]:
    """Gaps of the last four weeks that the feed's rhythm does not explain, by feed and date. The home has a
    generation. Of feeds that state how things were (the workforce) only one up to the as-of date: a later
    snapshot makes up for an earlier one.
    """
    import duckdb

    folder = home.current.resolve()
    with duckdb.connect(str(folder / EMPLOYEE_FILE), read_only=True) as published:
        attached = str(folder / SHARED_FILE).replace("'", "''")
        published.execute(f"attach '{attached}' as shared (read_only)")
        return gaps(published)


def gaps(published: duckdb.DuckDBPyConnection) -> tuple[MissingDays, ...]:
    """The same of an open generation: its employee file, with the shared one attached as `shared`."""
    found = [MissingDays(*row) for row in published.execute(_GAPS, [WINDOW_DAYS]).fetchall()]
    return tuple(gap for gap in found if gap.is_open or FEEDS[gap.feed].is_usage)
