"""Suite shares: how much of a source was rejected, and how much of a feed belongs to unknown actors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

JUMP_CHECK = "unresolved_share_has_not_jumped"

# Twice, because either view alone is blind: rebuilt dates miss records rejected for want of a date, and the
# counts of new files miss what the models reject.
_REJECTED = """
with sources as (
    select source from shared.marts.feed_freshness
    union
    select source from adoption.ops.reconciliation
),
by_date as (
    select
        reconciled.source,
        'on the rebuilt dates' as place,
        sum(reconciled.record_count) as record_count,
        sum(reconciled.rejected_count) as rejected_count,
    from adoption.ops.reconciliation as reconciled
    semi join touched
        on touched.activity_date = reconciled.activity_date
    group by all
),
by_file as (
    select
        source,
        'in its new deliveries' as place,
        sum(record_count) as record_count,
        sum(rejected_count) as rejected_count,
    from scratch.run.delivery
    where is_pending
    group by all
),
counted as (
    select * from by_date
    union all
    select * from by_file
)
select
    sources.source || coalesce(' ' || counted.place, '') as subject,
    coalesce(counted.record_count, 0)::double as record_count,
    coalesce(counted.rejected_count, 0)::double as rejected_count,
    coalesce(counted.rejected_count / nullif(counted.record_count, 0), 0) as rejected_share,
from sources
left join counted
    on counted.source = sources.source
order by rejected_share desc, subject
"""

_UNRESOLVED = """
with feeds as (
    select source, feed from shared.marts.feed_freshness
    union
    select source, feed from adoption.ops.reconciliation
),
counted as (
    select
        reconciled.source,
        reconciled.feed,
        touched.activity_date is not null as is_rebuilt,
        sum(reconciled.record_count) as record_count,
        sum(reconciled.unresolved_count) as unresolved_count,
    from adoption.ops.reconciliation as reconciled
    left join touched
        on touched.activity_date = reconciled.activity_date
    where reconciled.activity_date is not null
    group by all
    having sum(reconciled.record_count) > 0
),
shares as (
    select
        feeds.source || '/' || feeds.feed as subject,
        coalesce(rebuilt.unresolved_count, 0)::double as unresolved_count,
        coalesce(rebuilt.unresolved_count / rebuilt.record_count, 0) as unresolved_share,
        earlier.unresolved_count / earlier.record_count as earlier_share,
    from feeds
    left join counted as rebuilt
        on rebuilt.source = feeds.source
        and rebuilt.feed = feeds.feed
        and rebuilt.is_rebuilt
    left join counted as earlier
        on earlier.source = feeds.source
        and earlier.feed = feeds.feed
        and not earlier.is_rebuilt
),
judged as (
    select
        *,
        greatest({highest_share}, {times_own_history} * earlier_share) as allowed_share,
        unresolved_share - allowed_share as excess_share,
        earlier_share is not null and excess_share > 0 and unresolved_count > {records} as has_jumped,
    from shares
)
"""


def rejected_share_is_low(reader: CandidateReader, thresholds: CheckThresholds) -> Claim:
    """One row per source, for the rebuilt dates and for the new deliveries: the share of records rejected."""
    highest, records = thresholds["highest_share"], thresholds["records"]

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"{row[SUBJECT]} had {row['rejected_count']:.0f} of {row['record_count']:.0f} records rejected "
            f"({row['rejected_share']:.2%}); {highest:.2%} or {records:.0f} records are allowed. "
            "See ops.rejected_record for the lines and reasons."
        )

    return Claim(
        frame=reader.frame(_REJECTED),
        metrics=("record_count", "rejected_count", "rejected_share"),
        bounds=(Bound("rejected_share", 0, highest, only_above=("rejected_count", records)),),
        subjects="sources",
        sentence=sentence,
    )


def unresolved_share_has_not_jumped(reader: CandidateReader, thresholds: CheckThresholds) -> Claim | None:
    """One row per feed with dates before the rebuilt ones: its unresolved share against its own history."""
    records = thresholds["records"]
    frame = reader.frame(
        _judged(thresholds)
        + "select subject, unresolved_count, unresolved_share, earlier_share, excess_share "
        "from judged where earlier_share is not null order by has_jumped desc, excess_share desc, subject"
    )
    if frame.empty:
        return None

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"{row[SUBJECT]} has {row['unresolved_count']:.0f} records of unknown actors on rebuilt dates "
            f"({row['unresolved_share']:.1%}) where {row['earlier_share']:.1%} were usual. "
            "See ops.unresolved_actor."
        )

    return Claim(
        frame=frame,
        metrics=("unresolved_count", "unresolved_share", "earlier_share", "excess_share"),
        bounds=(Bound("excess_share", None, 0, only_above=("unresolved_count", records)),),
        subjects="feeds",
        sentence=sentence,
    )


def unresolved_share_is_low(reader: CandidateReader, thresholds: CheckThresholds) -> Claim:
    """One row per feed: its unresolved share on the rebuilt dates, 0 where the jump is already reported."""
    highest = thresholds["highest_share"]

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"{row[SUBJECT]} has {row['unresolved_count']:.0f} records of unknown actors on rebuilt dates "
            f"({row['unresolved_share']:.2%}); up to {highest:.2%} is usual. See ops.unresolved_actor."
        )

    return Claim(
        frame=reader.frame(
            _judged(thresholds.thresholds.of(JUMP_CHECK))
            + "select subject, unresolved_count, case when has_jumped then 0 else unresolved_share end "
            "as unresolved_share from judged order by unresolved_share desc, subject"
        ),
        metrics=("unresolved_count", "unresolved_share"),
        bounds=(Bound("unresolved_share", 0, highest),),
        subjects="feeds",
        sentence=sentence,
    )


def _judged(thresholds: CheckThresholds) -> str:
    return _UNRESOLVED.format(
        highest_share=thresholds["highest_share"],
        times_own_history=thresholds["times_own_history"],
        records=thresholds["records"],
    )
