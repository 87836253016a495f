"""The Nth write, fsync, rename or open fails, for every N: readers see a whole generation, nothing is said to
be done that is not, and the next run publishes. And what is made durable before the switch.

strace makes the calls fail, DuckDB's and SQLite's own among them. The suite fails every STRIDEth call with an
error; `make soak` (ADOPTION_TEST_ALL_CALLS=1) each call with each error.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.home import PUBLISHED_FILES, Home
from orchestration.ledger import Ledger
from orchestration.publishing import generation, verdict
from tests.faults import system_calls
from tests.faults.change_process import ChangeProcess
from tests.faults.readers import QUERIES, read_once
from tests.faults.system_calls import Call, Change
from tests.unit import tiny_generation as tiny

IS_COMPLETE = os.environ.get("ADOPTION_TEST_ALL_CALLS") == "1"
ERRORS = ("EIO", "ENOSPC", "EACCES")
STRIDE = 1 if IS_COMPLETE else 7
# Failures that change nothing for anybody, so that the change goes on.
HARMLESS = (
    r"(mkdir|openat) .*= -1 E(EXIST|NOENT)",  # creates what is there, or looks for what is not
    r'unlink "/run\.lock\.json"',  # names who held the lock, for people
)
OF_THE_LEDGER = (
    # SQLite moves an entry that is durable in its log into the ledger, and tries again with the next one.
    r"(pwrite64|fsync|fdatasync|ftruncate) \d+</ledger\.sqlite(-shm)?>",
    r'(unlink|openat AT_FDCWD<[^>]*>,) "/ledger\.sqlite-(wal|shm)"',
    # Nor does it insist on the name of its log. A delivery lost with it is landed again from the inbox.
    r'openat AT_FDCWD<[^>]*>, ""',
    r"f(data)?sync \d+<>",
    # The third makes the entry durable; the fourth comes before it is moved.
    r"fdatasync \d+</ledger\.sqlite-wal>.* #4$",
)


def prepare(home: Home, change: str) -> None:
    home.root.mkdir()
    (home.root / "adoption.toml").write_text("kept_generations = 2\n")
    tiny.publish(home, "first")
    tiny.publish(home, "second")
    if change == "release":
        tiny.hold(home, "failing")
    with Ledger(home.ledger):
        pass


@contextmanager
def copied(home: Home) -> Iterator[Home]:
    with tempfile.TemporaryDirectory(dir=home.root.parent) as folder:
        yield Home(Path(shutil.copytree(home.root, Path(folder) / "home", symlinks=True)))


def calls_to_fail(home: Home, changes: ChangeProcess, change: str, about: str) -> list[tuple[Call, str]]:
    """Each call with its error: all with all, or each STRIDEth with the errors in turn. The second listing
    counts: the first may still compile what it imports.
    """
    calls: list[Call] = []
    for _ in range(2):
        with copied(home) as undisturbed:
            calls = system_calls.calls_on_home(Change(changes, undisturbed, change, about))
    if IS_COMPLETE:
        return list(itertools.product(calls, ERRORS))
    return list(zip(calls[::STRIDE], itertools.cycle(ERRORS), strict=False))


def is_done(home: Home, change: str, seen: list[str]) -> bool:
    """Whether a change is as it is when it succeeds."""
    if change == "hold":
        held = [found.draft.run_id for found in generation.held_candidates(home)]
        return held == ["failing"] and seen == ["first", "second"]
    if change == "candidate":
        audited = verdict.read(verdict.verdict_path(home), tiny.key(home)).candidate_sha256
        return audited == verdict.candidate_sha256(generation.file_hashes(home.candidate))
    if change == "enter":
        with Ledger(home.ledger) as ledger:
            return ledger.find("failing") is not None
    return seen == {"rollback": ["first"]}.get(change, ["first", "second", "failing"])


def runs_seen(home: Home, reader: duckdb.DuckDBPyConnection) -> list[str]:
    """What a reader sees, after looking whether it is one generation to the byte."""
    _, is_whole = read_once(reader, home, QUERIES["tiny"])
    assert is_whole
    reader.execute(f"attach '{home.current.resolve() / PUBLISHED_FILES[0]}' as file (read_only)")
    seen = [run_id for (run_id,) in reader.execute("from file.run").fetchall()]
    reader.execute("detach file")
    return seen


def assert_safe(change: Change, call: Call, error: str, reader: duckdb.DuckDBPyConnection) -> None:
    outcome = system_calls.with_failure(change, call, error)
    what = (call.name, call.number, call.text[:200], error, outcome)
    seen = runs_seen(change.home, reader)
    assert seen in (["first", "second"], ["first", "second", "failing"], ["first"]), what
    if outcome.status == 0:
        harmless = (*HARMLESS, *(OF_THE_LEDGER if change.name == "enter" else ()))
        assert any(re.match(pattern, f"{call.name} {call.text} #{call.number}") for pattern in harmless), what
        assert is_done(change.home, change.name, seen), what
    elif not re.search(r"^duckdb\.\w+: |^_duckdb\.\w+: ", outcome.said, re.MULTILINE):
        assert re.match(r"\w+: .*\.$", outcome.said) and "Traceback" not in outcome.said, what
    if change.name == "enter":
        change.changes.succeed(change.home, "enter", "next")
    change.changes.succeed(change.home, "publish", "next")
    assert runs_seen(change.home, reader) == [*seen, "next"], what
    assert {path.name[0] for path in change.home.published.iterdir()} == {"c", "g", "h"}, what


@pytest.mark.parametrize("change", ["publish", "hold", "release", "rollback", "candidate", "enter"])
def test_whichever_call_fails_nothing_is_torn_and_nothing_said_to_be_done_that_is_not(
    changes: ChangeProcess, home: Home, change: str
) -> None:
    about = "1" if change == "rollback" else "failing"
    prepare(home, change)
    with duckdb.connect(config={"threads": 1}) as reader:
        for call, error in calls_to_fail(home, changes, change, about):
            with copied(home) as disturbed:
                assert_safe(Change(changes, disturbed, change, about), call, error, reader)


def position(calls: list[Call], name: str, pattern: str) -> int:
    """Where the last call of that name with that text stands; it must be there."""
    found = [
        number for number, call in enumerate(calls) if call.name == name and re.search(pattern, call.text)
    ]
    assert found, (name, pattern)
    return found[-1]


def test_all_that_is_published_is_durable_before_readers_are_pointed_at_it(
    changes: ChangeProcess, home: Home
) -> None:
    tiny.publish(home, "first")
    calls = system_calls.calls_on_home(Change(changes, home, "publish", "second"))
    moved = position(calls, "rename", r'"/work/candidate", "/published/gen-000002"')
    switched = position(calls, "rename", r'"/published/\.new-current", "/published/current"')
    for name in (*PUBLISHED_FILES, "manifest.json"):
        written = max(
            number
            for number, call in enumerate(calls)
            if call.name in ("write", "pwrite64", "copy_file_range", "ftruncate", "fchmod", "chmod", "rename")
            and f"/work/candidate/{name}" in call.text
        )
        assert written < position(calls[:moved], "fsync", rf"</work/candidate/{name}>"), name
    assert position(calls[:moved], "fsync", r"</work/candidate>") < moved
    for folder in ("published", "work"):
        assert moved < position(calls[:switched], "fsync", rf"</{folder}>"), folder
    assert switched < position(calls, "fsync", r"</published>")
