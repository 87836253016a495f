"""Suite volumes: records of a covered day against the same weekday in the weeks before.

Days a feed did not cover are not judged: they are unobserved, and freshness speaks of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds
from orchestration.sources import FEEDS

_LISTS = {(feed.source, feed.name) for feed in FEEDS.values() if not feed.is_usage}

# A public holiday is not a short delivery: for feeds of tools the usual volume is scaled by the people
# expected at work that day against the same weekdays, which only ever widens the bounds. Of a list the newest
# delivery counts, so that nothing of an older one is accepted any more: what it holds is compared instead.
_VOLUMES = """
with lists as (
    select * from (values {lists}) as lists (source, feed)
),
covered as (
    select distinct coverage.source, coverage.feed, coverage.activity_date
    from adoption.ops.feed_coverage as coverage
),
accepted as (
    select source, feed, activity_date, sum(accepted_count) as record_count
    from adoption.ops.reconciliation
    where (source, feed) not in (from lists)
    group by all
    union all
    select source, feed, covers_from as activity_date, max(record_count - rejected_count) as record_count
    from scratch.run.delivery
    where (source, feed) in (from lists)
    group by all
),
expected as (
    select activity_date, sum(expected_fraction)::double as person_count
    from adoption.marts.fct_employee_engagement_daily
    where activity_date >= (select min(touched.activity_date) from touched) - {days_before}
    group by all
),
daily as (
    select
        covered.*,
        coalesce(accepted.record_count, 0)::double as record_count,
        case
            when (covered.source, covered.feed) in (from lists) then 0
            else coalesce(expected.person_count, 0)
        end as person_count,
    from covered
    left join accepted
        on accepted.source = covered.source
        and accepted.feed = covered.feed
        and accepted.activity_date = covered.activity_date
    left join expected
        on expected.activity_date = covered.activity_date
),
-- days rebuilt without news of the feed (they settle, or people changed) were judged when they were new
news as (
    select deliveries.source, deliveries.feed, dates.activity_date
    from scratch.run.delivery as deliveries
    inner join scratch.run.delivery_date as dates
        on dates.delivery_id = deliveries.delivery_id
    where deliveries.is_pending
    union
    select deliveries.source, deliveries.feed, touched.activity_date
    from scratch.run.delivery as deliveries
    inner join touched
        on touched.activity_date between deliveries.covers_from and deliveries.covers_to
    where deliveries.is_pending
    union
    select covered.source, covered.feed, covered.activity_date
    from covered
    cross join run_scope
    where run_scope.previous_as_of_date is null or covered.activity_date > run_scope.previous_as_of_date
),
-- what a busy day of the feed holds: beside it, the swings of a few people at a weekend are small
busy as (
    select
        daily.source,
        daily.feed,
        daily.activity_date,
        quantile_cont(earlier.record_count, 0.75) as record_count,
    from daily
    inner join daily as earlier
        on earlier.source = daily.source
        and earlier.feed = daily.feed
        and earlier.activity_date >= daily.activity_date - {days_before}
        and earlier.activity_date < daily.activity_date
    group by all
),
against_usual as (
    select
        daily.source,
        daily.feed,
        daily.activity_date,
        daily.record_count,
        daily.person_count,
        median(earlier.record_count) as usual_count,
        median(earlier.person_count) as usual_person_count,
        max(busy.record_count) as busy_count,
    from daily
    inner join touched
        on touched.activity_date = daily.activity_date
    inner join news
        on news.source = daily.source
        and news.feed = daily.feed
        and news.activity_date = daily.activity_date
    inner join daily as earlier
        on earlier.source = daily.source
        and earlier.feed = daily.feed
        and earlier.activity_date >= daily.activity_date - {days_before}
        and earlier.activity_date < daily.activity_date
        and date_diff('day', earlier.activity_date, daily.activity_date) % 7 = 0
    inner join busy
        on busy.source = daily.source
        and busy.feed = daily.feed
        and busy.activity_date = daily.activity_date
    group by all
    having count(*) >= {weekdays_needed}
),
scaled as (
    select
        *,
        case when usual_person_count > 0 then person_count / usual_person_count else 1 end as workforce_ratio,
        usual_count * least(1, workforce_ratio) as usual_low,
        usual_count * greatest(1, workforce_ratio) as usual_high,
    from against_usual
),
compared as (
    select
        *,
        case
            when record_count < usual_low then usual_low
            when record_count > usual_high then usual_high
            else record_count
        end as reference_count,
    from scaled
)
select
    source || '/' || feed || ' on ' || activity_date as subject,
    record_count,
    reference_count,
    case
        when abs(record_count - reference_count) < {busy_day_share} * busy_count then 0
        else abs(record_count - reference_count)
    end as record_difference,
    case when record_count = reference_count then 1 else record_count / greatest(reference_count, 1) end
        as volume_ratio,
from compared
order by record_difference desc, subject
"""


def volume_follows_same_weekday(reader: CandidateReader, thresholds: CheckThresholds) -> Claim | None:
    """One row per feed and newly covered date with enough same weekdays: records against their median."""
    frame = reader.frame(
        _VOLUMES.format(
            lists=", ".join(f"('{source}', '{feed}')" for source, feed in sorted(_LISTS)),
            days_before=7 * int(thresholds["weeks_before"]),
            weekdays_needed=int(thresholds["weekdays_needed"]),
            busy_day_share=thresholds["busy_day_share"],
        )
    )
    lowest, highest = thresholds["lowest_ratio"], thresholds["highest_ratio"]
    records_off = thresholds["records_off"]
    if frame.empty:
        return None

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"{row[SUBJECT]} has {row['record_count']:.0f} records where "
            f"{row['reference_count']:.0f} are usual for the weekday; "
            f"{lowest:.0%} to {highest:.0%} of that are allowed."
        )

    return Claim(
        frame=frame,
        metrics=("record_count", "reference_count", "record_difference", "volume_ratio"),
        bounds=(Bound("volume_ratio", lowest, highest, only_above=("record_difference", records_off)),),
        subjects="feed days",
        sentence=sentence,
    )
