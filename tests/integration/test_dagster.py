"""The same job started by others than the command line, and a run whose process is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.graph import instance, sensors
from orchestration.home import Home
from orchestration.lock import is_at_work
from orchestration.nightly import NightlyRun
from orchestration.settings import load_settings
from orchestration.transformation import dbt_process
from orchestration.waiting import Waiting, is_work_expected, what_waits
from tests import warehouse
from tests.integration import company
from tests.integration.company import DAY, LATE_FILE, adoption, put, succeed, what_readers_see

pytestmark = pytest.mark.slow


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def waiting(home: Path, now: datetime) -> Waiting:
    found = what_waits(Home(home), load_settings(home), now)
    assert found is not None
    return found


def test_the_sensor_asks_once_for_a_late_delivery_and_never_without_one(
    home: Path, first_night: tuple[Path, subprocess.CompletedProcess[str], str]
) -> None:
    next_morning = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert not waiting(home, next_morning).is_any
    put(home, LATE_FILE, first_night[2])
    late = waiting(home, next_morning)
    assert late.new_paths == (LATE_FILE,)
    assert late.missing_dates == ()

    sensor = sensors.new_deliveries_sensor(Home(home), load_settings(home))
    with instance.open_instance(Home(home)) as dagster_instance:
        first = sensor(dg.build_sensor_context(instance=dagster_instance))
        assert isinstance(first, dg.SensorResult) and first.run_requests is not None
        (request,) = first.run_requests
        assert request.partition_key is not None
        again = sensor(dg.build_sensor_context(instance=dagster_instance, cursor=first.cursor))
        assert isinstance(again, dg.SkipReason)


def test_the_sensor_sees_dates_missed_in_downtime(base: Path) -> None:
    found = waiting(base, datetime(2026, 4, 4, 12, tzinfo=UTC))
    assert found.missing_dates == (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 3))


@pytest.mark.parametrize(
    ("day", "is_late_file_there", "expected"),
    [(DAY, False, False), (DAY, True, True), (DAY + timedelta(days=1), False, True)],
)
def test_work_is_expected_from_new_files_and_new_dates_alone(
    home: Path,
    first_night: tuple[Path, subprocess.CompletedProcess[str], str],
    day: date,
    is_late_file_there: bool,
    expected: bool,
) -> None:
    if is_late_file_there:
        put(home, LATE_FILE, first_night[2])
    run = NightlyRun(Home(home), load_settings(home))
    assert is_work_expected(run, day) == expected


def test_a_range_from_dagster_itself_is_one_run_that_publishes_and_the_command_line_is_refused(
    home: Path,
) -> None:
    before = warehouse.table_hashes(company.published(home))
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "dagster", "asset", "materialize", "--select", "*"),
            *("--partition-range", "2026-03-10...2026-03-12", "-m", "orchestration.definitions"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=company.environment() | {"ADOPTION_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")},
    ) as started:
        assert started.stderr is not None
        assert wait_for(lambda: is_at_work(Home(home)), 180)
        refused = adoption(home, "nightly", "--date", DAY.isoformat(), timeout=5)
        said = started.stderr.read()
    assert started.returncode == 0, said[-3000:]
    assert refused.returncode == 4, refused.stderr
    assert "has been at work since" in company.complaint(refused)
    found = company.manifest(home)
    rebuilt = [found[f"dates_rebuilt_{what}"] for what in ("from", "to", "count")]
    assert (found["generation"], found["as_of_date"]) == (2, DAY.isoformat())
    assert rebuilt == ["2026-03-10", "2026-03-12", 3]
    assert warehouse.table_hashes(company.published(home)) == before


def children(pid: int) -> list[int]:
    """The processes that one process started; Linux only, like the promise that is tested."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def is_dbt(pid: int) -> bool:
    """Whether it is dbt, waits to become it, or stands for the one that waited."""
    return dbt_process.MODULE.encode() in command_line(pid)


def has_dbt_begun(run: int) -> bool:
    return any(is_dbt(child) and b"\0build\0" in command_line(child) for child in children(run))


def test_a_run_told_to_stop_says_so_and_leaves_readers_alone(
    home: Path, first_night: tuple[Path, subprocess.CompletedProcess[str], str]
) -> None:
    before = what_readers_see(home)
    put(home, LATE_FILE, first_night[2])
    run = subprocess.Popen(
        company.command(home, "nightly", "--date", DAY.isoformat()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=company.environment(),
    )
    try:
        assert wait_for(lambda: has_dbt_begun(run.pid), 180)
        run.terminate()
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == 130
    assert said.splitlines()[-1] == "adoption: Interrupted; the published generation is as it was."
    assert "Traceback" not in said
    assert what_readers_see(home) == before


def test_dbt_dies_with_its_run_and_the_next_run_succeeds_by_itself(
    home: Path, second_night: Path, first_night: tuple[Path, subprocess.CompletedProcess[str], str]
) -> None:
    before = what_readers_see(home)
    put(home, LATE_FILE, first_night[2])
    run = subprocess.Popen(
        company.command(home, "nightly", "--date", DAY.isoformat()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=company.environment(),
    )
    try:
        assert wait_for(lambda: has_dbt_begun(run.pid), 180)
        dbt = [child for child in children(run.pid) if is_dbt(child)]
        assert wait_for((home / "work" / "candidate" / "adoption.duckdb").exists, 60)
        second = adoption(home, "nightly", "--date", DAY.isoformat(), timeout=5)
        assert second.returncode == 4
        assert "has been at work since" in company.complaint(second)
        time.sleep(2)  # well into its models
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert wait_for(lambda: not any(is_dbt(process) for process in dbt), 5)
    assert what_readers_see(home) == before
    succeed(home, "nightly", "--date", DAY.isoformat())
    assert warehouse.table_hashes(company.published(home)) == warehouse.table_hashes(
        company.published(second_night)
    )
    shutil.rmtree(home)
