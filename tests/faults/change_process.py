"""A process that makes changes to published/, each in a child of its own, to be killed, stopped or traced.

Forked after the imports, so that a change takes hundredths of a second and hundreds of faults are affordable.
What must hold after a fault is asserted by the tests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import fault_points
from orchestration.errors import AdoptionError
from orchestration.home import EMPLOYEE_FILE, PROJECT_ROOT, Home
from orchestration.landing.integrity import FileStamp
from orchestration.ledger import Delivery, Ledger
from orchestration.lock import run_lock
from orchestration.publishing import generation
from tests.unit import tiny_generation as tiny

# Where a paused run may stand when a newer one publishes.
PAUSES = ("before_candidate", "after_candidate", "after_build", "after_audit")


def _stop_here(wanted: str, place: str) -> None:
    if wanted == place:
        os.kill(os.getpid(), signal.SIGSTOP)


def pause(home: Home, place: str) -> None:
    """Publish, stopped at one place until it is sent SIGCONT, as a host that is suspended is."""
    with run_lock(home, "zombie"):
        _stop_here(place, "before_candidate")
        generation.start_candidate(home)
        _stop_here(place, "after_candidate")
        tiny.fill(home, "zombie")
        _stop_here(place, "after_build")
        tiny.audit(home, "zombie")
        _stop_here(place, "after_audit")
        generation.publish(home, tiny.draft("zombie"))


def abort_checkpoint(home: Home, mode: str) -> None:
    """Publish a candidate of which one file's checkpoint is broken off, as by a kill within it."""
    with run_lock(home, "aborted"):
        tiny.build(home, "aborted")
        connection = duckdb.connect(home.candidate / EMPLOYEE_FILE)
        connection.execute(f"set debug_checkpoint_abort = '{mode}'")
        connection.execute("insert into run values ('late')")
        try:
            connection.execute("checkpoint")
        except duckdb.Error as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        connection.close()
        tiny.audit(home, "aborted")
        generation.publish(home, tiny.draft("aborted"))


def leave_log(_: Home, database: str) -> None:
    """Commit five rows and end without closing, as a kill does: they stand in the write-ahead log alone."""
    connection = duckdb.connect(database)
    connection.execute("insert into run select 'phantom' from range(5)")
    os._exit(0)


def enter(home: Home, name: str) -> None:
    """Enter one delivery into the ledger."""
    delivery = Delivery(
        delivery_id=name,
        source="claude_code",
        feed="usage_report",
        file_path=f"claude_code/usage_report/{name}.json",
        parquet_path=None,
        content_sha256=name,
        rank_at=datetime(2026, 3, 1),
        ledger_order=0,
        record_count=1,
        rejected_count=0,
        covers_from=None,
        covers_to=None,
        landed_at=datetime(2026, 3, 1),
        status="landed",
    )
    with run_lock(home, name), Ledger(home.ledger) as ledger:
        ledger.enter(delivery, {None: 1}, FileStamp(1, 1))


def publish_and_go_back(home: Home, run_id: str) -> None:
    """Publish, go back to what was in force, hold another candidate and release it: every change there is."""
    tiny.publish(home, run_id)
    tiny.rollback(home)
    tiny.hold(home, f"{run_id}-held")
    tiny.release(home)


CHANGES: dict[str, Callable[[Home, str], object]] = {
    "publish": tiny.publish,
    "hold": tiny.hold,
    "release": lambda home, _: tiny.release(home),
    "rollback": lambda home, to: tiny.rollback(home, int(to)),
    "candidate": tiny.prepare,
    "all": publish_and_go_back,
    "pause": pause,
    "abort_checkpoint": abort_checkpoint,
    "leave_log": leave_log,
    "enter": enter,
}


@dataclass(frozen=True)
class Outcome:
    """How a change ended: its exit status, negative for a signal, and what it said."""

    status: int
    said: str


class ChangeProcess:
    """Talks to the process that forks; one change at a time."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self._process, self._errors = process, errors

    def start(
        self, home: Home, change: str, about: str, *, fault_point: str | None = None, is_waiting: bool = False
    ) -> int:
        """Begin a change; its process. `is_waiting`: only once `go` was called."""
        self._errors.write_bytes(b"")
        request = {
            "root": str(home.root),
            "change": change,
            "about": about,
            "fault_point": fault_point,
            "is_waiting": is_waiting,
            "errors": str(self._errors),
        }
        self._send(json.dumps(request) + "\n")
        return int(self._receive()["pid"])

    def go(self) -> None:
        """Let a waiting change begin."""
        self._send("\n")

    def outcome(self) -> Outcome:
        """Wait for its end."""
        status = int(self._receive()["status"])
        return Outcome(status, self._errors.read_text())

    def wait_until_stopped(self) -> None:
        """Wait until it has stopped itself."""
        answer = self._receive()
        assert answer == {"is_stopped": True}, (answer, self._errors.read_text())

    def run(self, home: Home, change: str, about: str, *, fault_point: str | None = None) -> Outcome:
        """Make a change and wait for its end."""
        self.start(home, change, about, fault_point=fault_point)
        return self.outcome()

    def succeed(self, home: Home, change: str, about: str) -> None:
        """Make a change that must not fail."""
        outcome = self.run(home, change, about)
        assert outcome.status == 0, outcome.said

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def change_process() -> Iterator[ChangeProcess]:
    """The process, ended with the block together with whatever it was at."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.change_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )
        try:
            yield ChangeProcess(process, Path(folder) / "errors")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _read_line() -> bytes:
    """One line of standard input, and no byte more: a waiting child reads the next one."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def _change(request: dict[str, Any]) -> int:
    if request["fault_point"]:
        os.environ[fault_points.VARIABLE] = request["fault_point"]
    if request["is_waiting"]:
        _read_line()
    try:
        CHANGES[request["change"]](Home(Path(request["root"])), request["about"])
    except AdoptionError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return error.exit_status
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        return 1
    return 0


def _answer(**what: object) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def serve() -> None:
    """Fork one change after another, and say how each ended."""
    while line := _read_line():
        request = json.loads(line)
        # Before the fork: a tracer that comes a little later or earlier must count the same calls.
        errors = os.open(request["errors"], os.O_WRONLY | os.O_APPEND)
        os.dup2(errors, sys.stderr.fileno())
        os.close(errors)
        pid = os.fork()
        if pid == 0:
            os._exit(_change(request))
        _answer(pid=pid)
        _, status = os.waitpid(pid, os.WUNTRACED)
        while os.WIFSTOPPED(status):
            _answer(is_stopped=True)
            _, status = os.waitpid(pid, os.WUNTRACED)
        _answer(status=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    serve()
