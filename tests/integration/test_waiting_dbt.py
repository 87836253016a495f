"""dbt started early is dbt as if started late: same outputs, same status, and no process outlives another."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.transformation import dbt_run
from orchestration.transformation.waiting_dbt import WaitingDbt, waiting_dbt

pytestmark = pytest.mark.slow


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[WaitingDbt]:
    home = Home(tmp_path)
    dbt_run.keep_parse(home.dbt_target)
    with waiting_dbt(home) as found:
        assert found is not None
        yield found
    assert found.process.poll() is not None


def stand_in(waiting: WaitingDbt, target: Path, *arguments: str) -> subprocess.Popen[str]:
    """The process that stands for dbt, as dagster-dbt starts it."""
    return subprocess.Popen(
        [*dbt_run.executable_prefix(), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | dbt_run.project_environment(target) | waiting.environment,
    )


def test_an_order_is_followed_with_the_outputs_environment_and_status_of_its_giver(
    waiting: WaitingDbt, tmp_path: Path
) -> None:
    listing = stand_in(waiting, tmp_path / "target", "ls", "--resource-type", "exposure", "--output", "name")
    said, _ = listing.communicate(timeout=60)
    assert listing.returncode == 0, said
    assert "adoption_overview" in said
    assert (tmp_path / "target" / "dbt.log").exists()
    waiting.join()


def test_a_failure_is_the_status_of_whoever_stands_for_dbt(waiting: WaitingDbt, tmp_path: Path) -> None:
    failing = stand_in(waiting, tmp_path / "target", "ls", "--select", "no_such_method:x")
    said, _ = failing.communicate(timeout=60)
    assert failing.returncode == 2, said
    assert "no_such_method" in said
    waiting.join()


def test_the_second_order_finds_nobody_and_runs_by_itself(waiting: WaitingDbt, tmp_path: Path) -> None:
    for _ in range(2):
        listing = stand_in(waiting, tmp_path / "target", "ls", "--resource-type", "exposure")
        assert "adoption_overview" in listing.communicate(timeout=60)[0]
        assert listing.returncode == 0


def endless(waiting: WaitingDbt, target: Path) -> subprocess.Popen[str]:
    """An order under way that has no end of its own."""
    serving = stand_in(waiting, target, "docs", "serve", "--no-browser", "--port", "0")
    assert serving.stdout is not None
    assert any("Serving docs at" in line for line in serving.stdout)
    return serving


def test_the_worker_ends_with_whoever_stands_for_dbt(waiting: WaitingDbt, tmp_path: Path) -> None:
    serving = endless(waiting, tmp_path / "target")
    serving.send_signal(signal.SIGKILL)
    serving.communicate(timeout=60)
    assert waiting.process.wait(timeout=30) != 0


def test_the_worker_ends_when_its_giver_is_gone_before_the_order_is_read(
    waiting: WaitingDbt, tmp_path: Path
) -> None:
    """It still loads dbt when the order arrives, and finds nobody left to answer to."""
    serving = stand_in(waiting, tmp_path / "target", "docs", "serve", "--no-browser", "--port", "0")
    time.sleep(0.5)
    serving.send_signal(signal.SIGKILL)
    serving.communicate(timeout=60)
    assert waiting.process.wait(timeout=30) != 0


def test_an_interrupt_reaches_the_worker(waiting: WaitingDbt, tmp_path: Path) -> None:
    serving = endless(waiting, tmp_path / "target")
    serving.send_signal(signal.SIGINT)
    serving.communicate(timeout=60)
    assert serving.returncode != 0
    waiting.join()
