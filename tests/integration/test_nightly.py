"""A night through the command line, as a new user types it, and the nights after it without news."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from data_quality.catalogue import CHECKS
from orchestration.graph import instance
from orchestration.graph.assets import AUDIT
from orchestration.home import Home
from tests import warehouse
from tests.integration import company
from tests.integration.company import DAY, adoption, query, succeed, what_readers_see

pytestmark = pytest.mark.slow


def test_the_first_night_publishes_and_says_so_in_a_screenful(
    first_night: tuple[Path, subprocess.CompletedProcess[str], str],
) -> None:
    home, night, _ = first_night
    assert night.returncode == 0, night.stderr
    lines = night.stdout.splitlines()
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 100 and not line.startswith("Published")] == []
    for words in (
        "Generation 1 is in force",
        "claude_code/usage_report",
        "People per tier",
        "Verdict",
        "dbt ",
    ):
        assert words in night.stdout
    assert query(
        home,
        "select count(*) from ops.reconciliation where record_count <> accepted_count + duplicate_count "
        "+ rejected_count + unresolved_count + non_human_count",
    ) == [(0,)]
    assert query(home, "select count(*) > 0 from marts.fct_employee_tool_daily") == [(True,)]


def shown_checks(home: Path) -> dict[str, str]:
    """The outcome of each check of the gate as Dagster's interface shows it."""
    keys = [dg.AssetCheckKey(AUDIT, check.name) for check in CHECKS]
    with instance.open_instance(Home(home)) as dagster_instance:
        found = dagster_instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    return {key.name: record.status.value for key, record in found.items()}


@pytest.mark.parametrize("day", [DAY, date(2026, 3, 11)], ids=["same date", "earlier date"])
def test_a_night_with_nothing_new_publishes_nothing_and_never_moves_back(home: Path, day: date) -> None:
    before, checks = what_readers_see(home), shown_checks(home)
    said = succeed(home, "nightly", "--date", day.isoformat())
    assert f"Nothing to do, nothing published: {DAY} is published" in said
    assert what_readers_see(home) == before
    assert shown_checks(home) == checks
    assert len(checks) == len(CHECKS) and set(checks.values()) <= {"SUCCEEDED", "FAILED"}


def test_days_of_downtime_without_data_are_built_as_unobserved(home: Path) -> None:
    before = warehouse.table_hashes(company.published(home))
    said = succeed(home, "nightly", "--date", "2026-04-04")
    assert "5 new days" in said
    assert company.status(home)["as_of_date"] == "2026-04-04"
    statuses = query(
        home,
        "select distinct engagement_status from marts.fct_employee_engagement_daily "
        f"where activity_date > '{DAY}' and expected_fraction > 0 order by 1",
    )
    # whoever has no tool is known to be idle without any feed; nobody else is
    assert statuses == [("inactive",), ("unknown",)]
    idle = query(
        home,
        "select distinct employee_id, activity_date from marts.fct_employee_engagement_daily "
        "inner join identity.marts.employee_identity using (employee_key) "
        f"where activity_date > '{DAY}' and engagement_status = 'inactive'",
    )
    assert [(person, day) for person, day in idle if company.granted_tools(home, person, day)] == []
    days = query(
        home,
        "select distinct activity_date from marts.fct_employee_engagement_daily "
        f"where activity_date > '{DAY}' order by 1",
    )
    assert [day for (day,) in days] == [DAY + timedelta(days=number) for number in range(1, 6)]
    after = warehouse.table_hashes(company.published(home))
    assert before["adoption.fct_employee_tool_mode_daily"] == after["adoption.fct_employee_tool_mode_daily"]


def test_a_home_without_an_inbox_is_refused_and_stays_away(tmp_path: Path) -> None:
    night = adoption(tmp_path / "none", "nightly", "--date", DAY.isoformat())
    assert night.returncode == 1
    assert f"The inbox {tmp_path / 'none' / 'inbox'} does not exist" in company.complaint(night)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [("30.03.2026", "is no date"), ("2026-02-30", "is no date"), ("2999-01-01", "lies in the future")],
)
def test_a_date_that_cannot_be_is_wrong_use(home: Path, day: str, words: str) -> None:
    before = what_readers_see(home)
    night = adoption(home, "nightly", "--date", day)
    assert night.returncode == 2
    assert words in company.complaint(night)
    assert company.complaint(night).count("\n") == 0
    assert what_readers_see(home) == before
