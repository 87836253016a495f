"""What changes a published past: late, withdrawn and corrected deliveries, a rollback, another rule."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import warehouse
from tests.integration import company
from tests.integration.company import (
    DAY,
    LATE_FILE,
    LATE_FROM,
    LATE_TO,
    TOMORROW_STAMP,
    changed_tiers,
    put,
    query,
    succeed,
    tiers,
    what_readers_see,
)

pytestmark = pytest.mark.slow

DAILY = (
    "fct_employee_tool_daily",
    "fct_employee_tool_mode_daily",
    "fct_employee_tool_model_daily",
    "fct_employee_engagement_daily",
)


def rows_outside_late_dates(home: Path, table: str) -> set[company.Row]:
    return set(
        query(
            home,
            f"select * from marts.{table} where activity_date not between '{LATE_FROM}' and '{LATE_TO}'",
        )
    )


def test_a_late_week_rebuilds_only_its_dates(base: Path, second_night: Path) -> None:
    found = company.manifest(second_night)
    rebuilt = [found[f"dates_rebuilt_{what}"] for what in ("from", "to", "count")]
    assert rebuilt == [LATE_FROM.isoformat(), LATE_TO.isoformat(), (LATE_TO - LATE_FROM).days + 1]
    for table in DAILY:
        assert rows_outside_late_dates(base, table) == rows_outside_late_dates(second_night, table)
    counts = [
        query(
            home,
            "select count(*) from marts.fct_employee_tool_daily where tool_id = 'claude_code' "
            f"and activity_date between '{LATE_FROM}' and '{LATE_TO}'",
        )[0][0]
        for home in (base, second_night)
    ]
    assert counts[0] == 0 < counts[1]


def test_restatements_equal_the_difference_of_the_two_generations(base: Path, second_night: Path) -> None:
    changed = changed_tiers(tiers(base), tiers(second_night))
    assert len(changed) > 5
    assert company.restatements(second_night) == changed
    # a tier looks back 30 days and no nearer than 3
    assert min(row[3] for row in changed) >= LATE_FROM + timedelta(days=3)
    assert company.causes(second_night) == {("usage", company.delivery_of(second_night, LATE_FILE))}
    assert company.restatements(base) == set()


def test_a_feed_that_did_not_arrive_makes_nobody_idle(base: Path, second_night: Path) -> None:
    days = (
        "select employee_id, activity_date, engagement_status from marts.fct_employee_engagement_daily "
        "inner join identity.marts.employee_identity using (employee_key) "
        f"where activity_date between '{LATE_FROM}' and '{LATE_TO}'"
    )
    missing = {(person, day): found for person, day, found in query(base, days)}
    whole = {(person, day): found for person, day, found in query(second_night, days)}
    assert missing.keys() == whole.keys()
    changes = {(missing[key], whole[key]) for key in whole if missing[key] != whole[key]}
    # off-days too: use on one of them was not seen
    assert changes == {("unknown", "active"), ("unknown", "inactive"), ("not_expected", "active")}
    idle = [key for key, found in missing.items() if found == "inactive"]
    assert len(idle) > 20
    assert [key for key in idle if "claude_code" in company.granted_tools(base, *key)] == []


def test_no_tier_falls_for_a_feed_that_did_not_arrive(base: Path, second_night: Path) -> None:
    before, after = tiers(base), tiers(second_night)
    assert before.keys() == after.keys()
    ranks = {
        (policy, tier): rank
        for policy, tier, rank in query(
            base, "select policy_id, tier_code, tier_rank from marts.dim_tier where tier_rank is not null"
        )
    }
    rated = 0
    for key, (tier, low, high, is_firm) in before.items():
        policy, truth = key[0], after[key][0]
        if low is None or high is None or (policy, truth) not in ranks:
            continue
        rated += 1
        assert ranks[policy, low] <= ranks[policy, truth] <= ranks[policy, high], key
        if is_firm:
            assert tier == truth, key
    assert rated > 1000


def test_a_rollback_forgets_no_delivery(base: Path, second_night: Path, late_home: Path) -> None:
    assert "Generation 1 (as of 2026-03-30) is in force" in succeed(late_home, "rollback")
    assert what_readers_see(late_home) == what_readers_see(base)
    assert company.status(late_home)["pending_deliveries"] == 1
    succeed(late_home, "nightly", "--date", DAY.isoformat())
    assert company.status(late_home)["generation"] == 3
    assert warehouse.table_hashes(company.published(late_home)) == warehouse.table_hashes(
        company.published(second_night)
    )
    assert company.restatements(late_home) == company.restatements(second_night)


def test_a_withdrawn_delivery_leaves_no_trace_in_its_dates(base: Path, late_home: Path) -> None:
    before = tiers(late_home)
    delivery = company.delivery_of(late_home, LATE_FILE)
    said = succeed(late_home, "withdraw", delivery, "--reason", "wrong workspace")
    assert f"Delivery {delivery} ({LATE_FILE}) is withdrawn." in said
    assert company.status(late_home)["generation"] == 3
    assert warehouse.table_hashes(company.published(late_home)) == warehouse.table_hashes(
        company.published(base)
    )
    assert company.restatements(late_home) == changed_tiers(before, tiers(late_home)) != set()
    assert company.causes(late_home) == {("rule_or_withdrawal", None)}
    # the file still lies in the inbox, and stays withdrawn
    assert "Nothing to do" in succeed(late_home, "nightly", "--date", DAY.isoformat())


def heavy_people(home: Path) -> list[str]:
    rows = query(
        home,
        "select employee_id from marts.dim_employee_tier inner join identity.marts.employee_identity "
        "using (employee_key) where tier_code = 'heavy' and scope_code = 'all' and is_current order by 1",
    )
    return [person for (person,) in rows]


def test_withdrawing_leave_and_workforce_restates_too(base: Path, home: Path) -> None:
    heavy = heavy_people(home)
    assert len(heavy) >= 4
    leave = f"hr/leave/leave_2026-03-30_{TOMORROW_STAMP}.csv"
    (latest,) = (home / "inbox" / "hr" / "leave").glob("leave_2026-03-24_*")
    away = "".join(f"{person},2026-02-01,2026-03-30,1,CARE\n" for person in heavy[:2])
    put(home, leave, latest.read_text() + away)
    snapshot = f"hr/workers/workers_{DAY}_{TOMORROW_STAMP}.csv"
    rows = [
        row | ({"hired_date": "2026-03-20"} if row["employee_id"] in heavy[2:] else {})
        for row in company.workers(home, DAY)
    ]
    put(home, snapshot, company.workers_csv(rows))
    known = tiers(home)
    for withdrawn in (None, leave, snapshot):
        if withdrawn is None:
            succeed(home, "nightly", "--date", DAY.isoformat())
        else:
            succeed(home, "withdraw", company.delivery_of(home, withdrawn), "--reason", "not signed")
        now = tiers(home)
        assert company.restatements(home) == changed_tiers(known, now) != set(), withdrawn
        known = now
    assert warehouse.table_hashes(company.published(home)) == warehouse.table_hashes(company.published(base))


def test_a_changed_rule_rebuilds_every_date_and_is_published(home: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    company.copy_project(project)
    rules = project / "dbt_project" / "seeds" / "tiers" / "tier_rules.csv"
    text = rules.read_text()
    assert "heavy,Heavy user,4,true,true,60," in text
    rules.write_text(text.replace("heavy,Heavy user,4,true,true,60,", "heavy,Heavy user,4,true,true,30,"))
    before = tiers(home)
    said = succeed(home, "nightly", "--date", DAY.isoformat(), project=project)
    assert "models, seeds or settings changed" in said
    found = company.manifest(home)
    days = (DAY - company.FIRST).days + 1
    assert (found["generation"], found["dates_rebuilt_count"]) == (2, days)
    changed = changed_tiers(before, tiers(home))
    assert {(old, new) for *_, old, new in changed} >= {("moderate", "heavy")}
    assert all(new == "heavy" or old == "unknown" or new == "unknown" for *_, old, new in changed)
    assert company.restatements(home) == changed
    assert company.causes(home) == {("rule_or_withdrawal", None)}
    assert date.fromisoformat(found["as_of_date"]) == DAY
