"""Suite people: everybody employed and included is there, nobody else is, and the workforce has not shrunk.

That nobody stands twice on a date is a dbt test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality.frames import CandidateReader
from data_quality.suites import SUBJECT, Bound, Claim
from data_quality.thresholds import CheckThresholds

# A comparison, not an `or`: with one, DuckDB joins people and days by nested loops (minutes at 65,000).
_EMPLOYED = """
    employees.valid_from <= {date} and coalesce(employees.valid_to, date '9999-12-31') > {date}
"""

# Counts per date instead of a join of people and dates: a rebuild of two years holds 47 M of those.
_ENGAGEMENT = f"""
with employed as (
    select touched.activity_date, count(distinct employees.employee_key) as person_count
    from touched
    left join adoption.marts.dim_employee as employees
        on {_EMPLOYED.format(date="touched.activity_date")}
    group by all
),
engaged as (
    select facts.activity_date, count(*) as row_count, count(employees.employee_key) as known_count
    from adoption.marts.fct_employee_engagement_daily as facts
    semi join touched
        on touched.activity_date = facts.activity_date
    left join adoption.marts.dim_employee as employees
        on employees.employee_key = facts.employee_key
        and {_EMPLOYED.format(date="facts.activity_date")}
    group by all
)
select
    employed.activity_date::varchar as subject,
    employed.person_count,
    employed.person_count - coalesce(engaged.known_count, 0) as missing_count,
    coalesce(engaged.row_count - engaged.known_count, 0) as stranger_count,
from employed
left join engaged
    on engaged.activity_date = employed.activity_date
order by abs(missing_count) + stranger_count desc, subject
"""

_TIERS = f"""
with employed as (
    select distinct employees.employee_key
    from adoption.marts.dim_employee as employees, run_scope
    where {_EMPLOYED.format(date="run_scope.as_of_date")}
),
rated as (
    select tiers.policy_id, tiers.scope_code, tiers.employee_key
    from adoption.marts.dim_employee_tier as tiers, run_scope
    where tiers.valid_from <= run_scope.as_of_date
        and (tiers.valid_to is null or tiers.valid_to > run_scope.as_of_date)
),
expected as (
    select distinct policies.policy_id, scopes.scope_code
    from adoption.marts.dim_tier as policies
    inner join adoption.marts.dim_tier_scope as scopes
        on scopes.policy_id = policies.policy_id
    cross join run_scope
    where policies.effective_from <= run_scope.as_of_date
        and (policies.effective_to is null or policies.effective_to > run_scope.as_of_date)
),
counted as (
    select
        rated.policy_id,
        rated.scope_code,
        count(*) as row_count,
        count(employed.employee_key) as known_count,
        count(distinct employed.employee_key) as person_count,
    from rated
    left join employed
        on employed.employee_key = rated.employee_key
    group by all
)
select
    coalesce(expected.policy_id, counted.policy_id)
        || ' / '
        || coalesce(expected.scope_code, counted.scope_code) as subject,
    heads.person_count,
    heads.person_count - coalesce(counted.person_count, 0) as missing_count,
    coalesce(counted.row_count - counted.person_count, 0) as surplus_count,
from expected
full join counted
    on counted.policy_id = expected.policy_id
    and counted.scope_code = expected.scope_code
cross join (select count(*) as person_count from employed) as heads
order by missing_count + surplus_count desc, subject
"""

# The night before, and each snapshot of the workforce that is new tonight against the day before it: a late
# snapshot that is cut off takes people away from both sides of the first comparison.
_HEADCOUNT = f"""
with pairs as (
    select run_scope.previous_as_of_date as earlier_date, run_scope.as_of_date as later_date
    from run_scope
    where run_scope.previous_as_of_date is not null
    union
    select dates.activity_date - 1, dates.activity_date
    from scratch.run.delivery as deliveries
    inner join scratch.run.delivery_date as dates
        on dates.delivery_id = deliveries.delivery_id
    cross join run_scope
    where deliveries.source = 'hr'
        and deliveries.feed = 'workers'
        and deliveries.is_pending
        and dates.activity_date <= run_scope.as_of_date
        and run_scope.previous_as_of_date is not null
),
heads as (
    select dates.activity_date, count(distinct employees.employee_key) as person_count
    from (select earlier_date as activity_date from pairs union select later_date from pairs) as dates
    left join adoption.marts.dim_employee as employees
        on {_EMPLOYED.format(date="dates.activity_date")}
    group by all
)
select
    pairs.earlier_date || ' to ' || pairs.later_date as subject,
    before.person_count as earlier_count,
    after.person_count as later_count,
    case
        when before.person_count = 0 then 0
        else 1 - after.person_count / before.person_count
    end as loss_share,
from pairs
inner join heads as before
    on before.activity_date = pairs.earlier_date
inner join heads as after
    on after.activity_date = pairs.later_date
order by loss_share desc, subject
"""


def engagement_covers_everyone(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per rebuilt date: people employed and included, those without a row, rows of others."""
    return Claim(
        frame=reader.frame(_ENGAGEMENT),
        metrics=("person_count", "missing_count", "stranger_count"),
        bounds=(Bound("missing_count", 0, 0), Bound("stranger_count", 0, 0)),
        subjects="dates",
        sentence=lambda row: (
            f"On {row[SUBJECT]} fct_employee_engagement_daily lacks {row['missing_count']} of "
            f"{row['person_count']} people and holds {row['stranger_count']} rows of people not employed "
            "and included."
        ),
    )


def tiers_cover_everyone(reader: CandidateReader, _thresholds: CheckThresholds) -> Claim:
    """One row per policy and scope: people employed and included at the as-of date, those without a
    tier, rows beyond one per person."""
    return Claim(
        frame=reader.frame(_TIERS),
        metrics=("person_count", "missing_count", "surplus_count"),
        bounds=(Bound("missing_count", 0, 0), Bound("surplus_count", 0, 0)),
        subjects="policies and scopes",
        sentence=lambda row: (
            f"At {reader.as_of_date} dim_employee_tier for {row[SUBJECT]} lacks {row['missing_count']} of "
            f"{row['person_count']} people and holds {row['surplus_count']} rows too many."
        ),
    )


def headcount_is_not_down(reader: CandidateReader, thresholds: CheckThresholds) -> Claim | None:
    """One row per pair of dates: employed and included people before and after; None on the first night."""
    highest = thresholds["highest_loss_share"]
    if reader.previous_as_of_date is None:
        return None

    def sentence(row: Mapping[str, Any]) -> str:
        return (
            f"From {row[SUBJECT]} the employed and included people fell from {row['earlier_count']} to "
            f"{row['later_count']}, by {row['loss_share']:.1%}; at most {highest:.1%} is allowed."
        )

    return Claim(
        frame=reader.frame(_HEADCOUNT),
        metrics=("earlier_count", "later_count", "loss_share"),
        bounds=(Bound("loss_share", None, highest),),
        subjects="pairs of dates",
        sentence=sentence,
    )
