"""Suites freshness and reconciliation: every feed is recent, and every record it brought is accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

_FRESHNESS = """
with covered as (
    select source, feed, max(activity_date) as latest_date
    from adoption.ops.feed_coverage
    where activity_date <= (select as_of_date from run_scope)
    group by all
),
concealing as (
    select distinct source, feed from adoption.ops.concealed_day
)
select
    feeds.source || '/' || feeds.feed as subject,
    coalesce(
        date_diff('day', max(covered.latest_date), any_value(run_scope.as_of_date)),
        9999
    ) as days_behind,
    feeds.delivered_every_days,
    days_behind - feeds.delivered_every_days + 1 as days_overdue,
    any_value(concealing.source) is not null as conceals_names,
from shared.marts.feed_freshness as feeds
cross join run_scope
left join covered
    on covered.source = feeds.source
    and covered.feed = feeds.feed
left join concealing
    on concealing.source = feeds.source
    and concealing.feed = feeds.feed
group by feeds.source, feeds.feed, feeds.delivered_every_days
order by days_overdue desc, subject
"""

_BREAKS = """
select
    source || '/' || feed as subject,
    count(*) filter (where break_count is distinct from 0) as broken_row_count,
    coalesce(max(abs(break_count)), 0) as largest_break_count,
    coalesce(min(activity_date) filter (where break_count is distinct from 0)::varchar, '') as first_date,
from (
    select
        *,
        record_count - accepted_count - duplicate_count - rejected_count - unresolved_count - non_human_count
            as break_count,
    from adoption.ops.reconciliation
)
group by source, feed
order by broken_row_count desc, subject
"""

# Records dated after the as-of date wait in landing, outside the identity until they are built:
# run.delivery counts them, run.delivery_date does not. Dates before the run's first are not built.
_TOTALS = """
with loaded as (
    select source, feed, sum(record_count) as record_count
    from adoption.ops.load_file
    where delivery_status <> 'frozen'
    group by all
),
built_dates as (
    select dates.*
    from scratch.run.delivery_date as dates
    cross join scratch.run.run_window as run_window
    where dates.activity_date is null or dates.activity_date >= run_window.first_date
),
in_effect as (
    select
        deliveries.source,
        deliveries.feed,
        deliveries.record_count,
        coalesce(sum(dates.record_count), 0) as dated_count,
    from scratch.run.delivery as deliveries
    left join built_dates as dates
        on dates.delivery_id = deliveries.delivery_id
    group by deliveries.delivery_id, deliveries.source, deliveries.feed, deliveries.record_count
),
waiting as (
    select source, feed, sum(record_count - dated_count) as record_count
    from in_effect
    group by all
),
reconciled as (
    select reconciliation.source, reconciliation.feed, sum(reconciliation.record_count) as record_count
    from adoption.ops.reconciliation
    cross join scratch.run.run_window as run_window
    where reconciliation.activity_date is null or reconciliation.activity_date >= run_window.first_date
    group by all
)
select
    coalesce(loaded.source, reconciled.source) || '/' || coalesce(loaded.feed, reconciled.feed) as subject,
    (coalesce(loaded.record_count, 0) - coalesce(waiting.record_count, 0))::double as loaded_count,
    coalesce(reconciled.record_count, 0)::double as reconciled_count,
    loaded_count - reconciled_count as difference_count,
from loaded
full join reconciled
    on reconciled.source = loaded.source
    and reconciled.feed = loaded.feed
left join waiting
    on waiting.source = loaded.source
    and waiting.feed = loaded.feed
order by abs(difference_count) desc, subject
"""


def feeds_are_fresh(reader: CandidateReader, thresholds: CheckThresholds) -> Claim:
    """One row per feed: days between its latest covered date and the as-of date, and how many of them are
    more than the days that lie between two deliveries of its own rhythm.
    """
    allowed = thresholds["days_behind"]
    frame = reader.frame(_FRESHNESS)
    conceals = dict(zip(frame[SUBJECT], frame.pop("conceals_names"), strict=True))
    every = dict(zip(frame[SUBJECT], frame.pop("delivered_every_days"), strict=True))

    def rhythm(row: Mapping[str, Any]) -> str:
        days = every[row[SUBJECT]]
        return f" of a feed that comes every {days} days" if days > 1 else ""

    def sentence(row: Mapping[str, Any]) -> str:
        why = " Names are concealed in it, which covers nobody's day." if conceals[row[SUBJECT]] else ""
        if row["days_behind"] == 9999:
            return f"{row[SUBJECT]} has not covered a single day.{why}"
        return (
            f"{row[SUBJECT]} is {row['days_behind']} days behind the as-of date {reader.as_of_date}; "
            f"{row['days_behind'] - row['days_overdue'] + allowed:.0f} are allowed{rhythm(row)}.{why}"
        )

    return Claim(
        frame=frame,
        metrics=("days_behind", "days_overdue"),
        bounds=(Bound("days_overdue", None, allowed),),
        subjects="feeds",
        sentence=sentence,
    )


def reconciliation_break_is_zero(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per feed: dates whose records in are not the sum of where they went."""
    frame = reader.frame(_BREAKS)
    first_dates = dict(zip(frame[SUBJECT], frame.pop("first_date"), strict=True))

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"{row[SUBJECT]} does not add up on {row['broken_row_count']} dates, the first being "
            f"{first_dates[row[SUBJECT]] or 'no date'}; "
            f"the largest break is {row['largest_break_count']:.0f} records."
        )

    return Claim(
        frame=frame,
        metrics=("broken_row_count", "largest_break_count"),
        bounds=(Bound("broken_row_count", 0, 0),),
        subjects="feeds",
        sentence=sentence,
    )


def landed_records_are_reconciled(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per feed: records of its loaded files up to the as-of date against records reconciled."""
    return Claim(
        frame=reader.frame(_TOTALS),
        metrics=("loaded_count", "reconciled_count", "difference_count"),
        bounds=(Bound("difference_count", 0, 0),),
        subjects="feeds",
        sentence=lambda row: (
            f"{row[SUBJECT]} loaded {row['loaded_count']:.0f} records up to the as-of date but reconciles "
            f"{row['reconciled_count']:.0f}."
        ),
    )
