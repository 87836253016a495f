"""Traces a change of published/ with strace: its calls on a home, and the same with one of them failing.

What must hold after a failure is asserted by the tests.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from orchestration.home import Home
from tests.faults.change_process import ChangeProcess, Outcome

# Everything that opens, writes, makes durable or changes a name.
CALLS = (
    *("openat", "write", "pwrite64", "copy_file_range", "ftruncate", "fsync", "fdatasync"),
    *("rename", "link", "symlink", "unlink", "unlinkat", "mkdir", "rmdir", "chmod", "fchmod"),
)
_LINE = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<rest>.*)")


@dataclass(frozen=True)
class Call:
    """The `number`th call of that name a thread makes, and what strace says about it."""

    name: str
    number: int
    text: str


@dataclass(frozen=True)
class Change:
    """A change that a process makes to a home, as change_process.py knows it."""

    changes: ChangeProcess
    home: Home
    name: str
    about: str


def calls_on_home(change: Change) -> list[Call]:
    """The calls of a change that name a path in its home, in order; the change must succeed."""
    outcome, lines = _trace(change, None)
    assert outcome.status == 0, outcome.said
    made: Counter[tuple[str, str]] = Counter()
    found = []
    for line in lines:
        if match := _LINE.fullmatch(line):
            made[match["process"], match["name"]] += 1
            if str(change.home.root) in match["rest"]:
                number = made[match["process"], match["name"]]
                found.append(Call(match["name"], number, match["rest"].replace(str(change.home.root), "")))
    return found


def with_failure(change: Change, call: Call, error: str) -> Outcome:
    """Make a change of which one call fails; that call must be one on the home again."""
    outcome, lines = _trace(change, f"inject={call.name}:error={error}:when={call.number}")
    injected = [line for line in lines if "(INJECTED)" in line]
    assert any(str(change.home.root) in line for line in injected), (call, injected)
    return outcome


def _trace(change: Change, injection: str | None) -> tuple[Outcome, list[str]]:
    process = change.changes.start(change.home, change.name, change.about, is_waiting=True)
    with tempfile.NamedTemporaryFile("r") as trace:
        command = ["strace", "-f", "-y", "-s", "300", "-o", trace.name, "-e", f"trace={','.join(CALLS)}"]
        if injection:
            command += ["-e", injection]
        tracer = _attached([*command, "-p", str(process)])
        change.changes.go()
        outcome = change.changes.outcome()
        tracer.communicate()
        return outcome, Path(trace.name).read_text().splitlines()


def _attached(command: list[str]) -> subprocess.Popen[str]:
    try:
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise AssertionError(
            "strace is not installed, and without it no call can be made to fail: install it "
            "(apt-get install strace) and run again."
        ) from None
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    assert "attached" in said, f"strace cannot trace a process here: {said}"
    return tracer
