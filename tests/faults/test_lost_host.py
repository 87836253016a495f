"""A host that is lost in the middle of a night, and a home rebuilt on an empty one, by the next run alone."""

from __future__ import annotations

import json
import logging
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import pytest
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES, RunsFilter
from dagster._core.test_utils import create_run_for_test, freeze_time
from dagster._daemon.monitoring.concurrency import execute_concurrency_slots_iteration
from dagster._daemon.monitoring.run_monitoring import monitor_started_run

from orchestration.graph import instance
from orchestration.home import Home
from tests import warehouse
from tests.faults.conftest import NIGHT, Undisturbed

LOST = "00000000-0000-4000-8000-000000000000"
SLOT = ("writers", LOST, "transform")


def leave_a_lost_run(home: Home) -> None:
    """What a host leaves that went down: its name at the lock, a run that goes on for ever, a pool's slot."""
    holder = {"run_id": "lost", "pid": 4_000_000, "started_at": "2026-03-12T02:30:00Z"}
    home.lock.with_name("run.lock.json").write_text(json.dumps(holder))
    with instance.open_instance(home) as opened:
        create_run_for_test(opened, run_id=LOST, job_name="nightly")
        begins = dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_START.value, job_name="nightly")
        opened.report_dagster_event(begins, run_id=LOST)
        pool, run_id, step = SLOT
        assert opened.event_log_storage.initialize_concurrency_limit_to_default(pool)
        assert opened.event_log_storage.claim_concurrency_slot(pool, run_id, step).is_claimed


@pytest.mark.slow
def test_the_next_night_needs_nobody_after_a_lost_host_and_a_lost_disk(
    undisturbed_home: Path, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """Of the old host only landing/, its ledger, key and settings are left, and a lock and a slot it held."""
    rebuilt = tmp_path / "home"
    rebuilt.mkdir()
    (rebuilt / "inbox").mkdir()
    shutil.copytree(undisturbed_home / "landing", rebuilt / "landing")
    for name in ("ledger.sqlite", "pseudonym.key"):
        shutil.copy(undisturbed_home / name, rebuilt)
    leave_a_lost_run(Home(rebuilt))
    warehouse.succeed(rebuilt, *NIGHT)
    assert warehouse.table_hashes(warehouse.current(rebuilt)) == undisturbed.tables


def look(opened: dg.DagsterInstance, now: datetime) -> tuple[int, int]:
    """Let Dagster's daemon look once at a time; runs in progress and slots taken after it."""
    quiet = logging.getLogger("quiet")
    with freeze_time(now):
        (record,) = opened.get_run_records(RunsFilter(run_ids=[LOST]))
        if record.dagster_run.status == dg.DagsterRunStatus.STARTED:
            monitor_started_run(opened, cast("Any", None), record, quiet)
        list(execute_concurrency_slots_iteration(cast("Any", SimpleNamespace(instance=opened)), quiet))
        in_progress = opened.get_runs(RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES))
    return len(in_progress), opened.event_log_storage.get_concurrency_info(SLOT[0]).active_slot_count


def test_a_lost_run_gives_up_its_place_within_a_minute_of_its_longest_time(home: Home) -> None:
    """The scheduler's queue lets one run at a time through, and a pool one step."""
    begun = datetime(2026, 3, 12, 7, 30, tzinfo=UTC)
    with instance.open_instance(home) as opened:
        longest = timedelta(seconds=opened.run_monitoring_max_runtime_seconds)
        interval = timedelta(seconds=opened.run_monitoring_poll_interval_seconds)
        assert 2 * interval <= timedelta(minutes=1)
        with freeze_time(begun):
            leave_a_lost_run(home)
        assert look(opened, begun + longest) == (1, 1)
        assert look(opened, begun + longest + interval) == (0, 1)
        assert look(opened, begun + longest + 2 * interval) == (0, 0)
