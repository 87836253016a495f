"""One run at a time, whoever starts it, and no lock that outlives its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.errors import Busy, RunFailed
from orchestration.home import PROJECT_ROOT, Home
from orchestration.lock import publication_lock, require, run_lock

HOLD = """
import subprocess, sys, time
from pathlib import Path
from orchestration.home import Home
from orchestration.lock import run_lock
with run_lock(Home(Path(sys.argv[1])), "other-run") as held:
    print("held", flush=True)
    if sys.argv[2]:
        print(subprocess.Popen(["sleep", "60"], pass_fds=[held.descriptor]).pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@contextmanager
def another_process_holds(home: Home, child: str = "") -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root), child],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()


def test_busy_at_once_naming_the_run_and_since_when(home: Home) -> None:
    with another_process_holds(home) as process:
        started = time.monotonic()
        with (
            pytest.raises(Busy, match=rf"other-run \(process {process.pid}\) .* since \d{{4}}-") as error,
            run_lock(home, "mine"),
        ):
            pass
        assert time.monotonic() - started < 5
    assert error.value.exit_status == 4


def test_stopped_run_keeps_the_lock(home: Home) -> None:
    with another_process_holds(home) as process:
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(Busy, match="other-run"), run_lock(home, "mine"):
            pass


@pytest.mark.parametrize("hands_on", [True, False])
def test_lock_of_a_killed_run_outlives_it_only_in_a_process_that_was_given_it(
    home: Home, hands_on: bool
) -> None:
    with another_process_holds(home, "with a child" if hands_on else "") as process:
        assert process.stdout is not None
        child = int(process.stdout.readline()) if hands_on else None
        process.kill()
        process.wait()
        if child is not None:
            with pytest.raises(Busy, match="other-run"), run_lock(home, "mine"):
                pass
            os.kill(child, signal.SIGKILL)
            process.stdout.read()  # ends when the child, which shares it, is gone
        with run_lock(home, "mine") as held:
            assert require(home) == held


def test_lock_is_free_after_its_block_and_after_an_error_in_it(home: Home) -> None:
    with run_lock(home, "first"):
        pass
    with pytest.raises(ZeroDivisionError), run_lock(home, "second"):
        raise ZeroDivisionError
    with run_lock(home, "third"):
        pass
    with pytest.raises(RunFailed, match="run lock"):
        require(home)


def test_lock_is_not_taken_twice_in_one_process(home: Home) -> None:
    with run_lock(home, "first") as held:
        with pytest.raises(Busy, match="first"), run_lock(home, "second"):
            pass
        assert require(home) == held


def test_only_one_process_switches_generations(home: Home) -> None:
    home.published.mkdir(parents=True)
    with publication_lock(home), pytest.raises(Busy, match="switching"), publication_lock(home):
        pass
    with publication_lock(home):
        pass
