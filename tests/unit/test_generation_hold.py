"""Candidates: how they start, how they are held, and how a person releases one."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.errors import NotPublishable, RunFailed, WrongUse
from orchestration.home import EMPLOYEE_FILE, PUBLISHED_FILES, Home
from orchestration.lock import run_lock
from orchestration.publishing import generation
from tests.unit import tiny_generation as tiny


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One generation in force."""
    home = Home(tmp_path / "home")
    tiny.publish(home, "first")
    return home


def held_runs(home: Home) -> list[str]:
    return [held.draft.run_id for held in generation.held_candidates(home)]


def test_candidate_starts_empty_then_as_a_copy_of_what_is_in_force(home: Home, tmp_path: Path) -> None:
    empty = Home(tmp_path / "empty")
    with run_lock(empty, "first"):
        assert list(generation.start_candidate(empty).iterdir()) == []
    (home.work / "scratch.duckdb").write_bytes(b"left by a killed run")
    with run_lock(home, "second"):
        candidate = generation.start_candidate(home)
    assert [entry.name for entry in home.work.iterdir()] == ["candidate"]
    for name in PUBLISHED_FILES:
        assert (candidate / name).read_bytes() == (home.current / name).read_bytes()
    assert sorted(entry.name for entry in candidate.iterdir()) == sorted(PUBLISHED_FILES)


@pytest.fixture
def small_writes_only() -> Iterator[Callable[[], None]]:
    """Once called, no file can grow beyond 64 MiB: should the check be broken, the disk is not filled."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 2**20, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_candidate_is_not_started_without_twice_the_space(
    home: Home, small_writes_only: Callable[[], None]
) -> None:
    free = shutil.disk_usage(home.root).free
    os.truncate(home.current / EMPLOYEE_FILE, int(free * 0.6))  # sparse: takes no space
    small_writes_only()
    with (
        run_lock(home, "second"),
        pytest.raises(RunFailed, match=r"has [\d,.]+ MiB free.* needs [\d,.]+ MiB"),
    ):
        generation.start_candidate(home)
    assert not home.candidate.exists()


def test_hold_leaves_readers_and_keeps_the_candidate(home: Home) -> None:
    path = tiny.hold(home, "second")
    assert path == home.held / "second"
    assert tiny.runs_seen(home) == ["first"]
    (held,) = generation.held_candidates(home)
    assert held.draft == tiny.draft("second")
    assert held.verdict.outcome == "held"
    assert not home.candidate.exists()


def test_only_a_held_verdict_for_these_bytes_holds(home: Home) -> None:
    with run_lock(home, "second"):
        tiny.build(home, "second")
        tiny.audit(home, "second")
        with pytest.raises(RunFailed, match="nothing to hold"):
            generation.hold(home, tiny.draft("second"))
        tiny.audit(home, "second", "failed")
        (home.candidate / EMPLOYEE_FILE).write_bytes(b"other")
        with pytest.raises(NotPublishable, match="other bytes"):
            generation.hold(home, tiny.draft("second"))


def test_newer_hold_supersedes_the_older(home: Home) -> None:
    tiny.hold(home, "second")
    tiny.hold(home, "third")
    assert held_runs(home) == ["third"]
    tiny.hold(home, "third")
    assert held_runs(home) == ["third"]


def test_publication_supersedes_a_hold(home: Home) -> None:
    tiny.hold(home, "second")
    tiny.publish(home, "third")
    assert held_runs(home) == []
    assert list(home.held.iterdir()) == []


def test_hold_after_a_rollback_stays(home: Home) -> None:
    tiny.publish(home, "second")
    tiny.rollback(home)
    tiny.hold(home, "third")
    with run_lock(home, "next"):
        generation.start_candidate(home)
    assert held_runs(home) == ["third"]
    assert tiny.release(home).previous_generation == 1


def test_release_publishes_the_held_candidate_on_record(home: Home) -> None:
    tiny.hold(home, "second")
    released = tiny.release(home)
    assert (released.generation, released.run_id, released.verdict.outcome) == (2, "second", "held")
    assert released.release is not None
    assert (released.release.reason, released.release.released_by) == ("known late feed", "on-call")
    assert tiny.runs_seen(home) == ["first", "second"]
    assert held_runs(home) == []


@pytest.mark.parametrize(("reason", "released_by"), [("", "person"), ("  ", "person"), ("reason", " ")])
def test_release_needs_a_reason_and_a_name(home: Home, reason: str, released_by: str) -> None:
    tiny.hold(home, "second")
    with run_lock(home, "release"), pytest.raises(WrongUse, match="a reason"):
        generation.release(home, reason, released_by)
    assert held_runs(home) == ["second"]


def test_release_of_nothing_is_wrong_use(home: Home) -> None:
    with pytest.raises(WrongUse, match="No candidate is held"):
        tiny.release(home)


def test_release_of_tampered_bytes_is_refused(home: Home) -> None:
    path = tiny.hold(home, "second") / "candidate" / EMPLOYEE_FILE
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(NotPublishable, match="other bytes"):
        tiny.release(home)
    assert tiny.runs_seen(home) == ["first"]


def test_release_onto_another_generation_is_refused(home: Home) -> None:
    tiny.publish(home, "second")
    tiny.hold(home, "third")
    tiny.rollback(home, 1)
    with pytest.raises(NotPublishable, match="built on generation 2, and 1 is in force"):
        tiny.release(home)
    assert tiny.runs_seen(home) == ["first"]
