"""kill -9 at every named point of starting, publishing, holding, releasing and rolling back.

After each: readers see a whole generation, the old one before the switch and the new one after it, and the
next run publishes without anybody's help.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from orchestration import fault_points
from orchestration.home import Home
from orchestration.lock import run_lock
from orchestration.publishing import generation, publication_log
from tests.faults.change_process import ChangeProcess
from tests.unit import tiny_generation as tiny

BEFORE_SWITCH = (
    "candidate.wiped",
    "candidate.copied",
    "publish.before_hash",
    "publish.after_manifest",
    "publish.after_rename",
)
Kill = Callable[[str, str], None]
AFTER_SWITCH = ("publish.after_symlink", "publish.after_current_json", "publish.after_prune")


def assert_nothing_left_over(home: Home, number: int) -> None:
    """Everything in published/ agrees, and nothing of a killed process is there."""
    generations = {f"gen-{was_in_force:06d}" for was_in_force in publication_log.ever_in_force(home)}
    expected = generations | {"current", "current.json", "history.jsonl"}
    assert {entry.name for entry in home.published.iterdir()} == expected
    assert json.loads((home.published / "current.json").read_text())["generation"] == number
    assert publication_log.last_in_force(home) == number
    assert len(publication_log.in_force_order(home)) == len(set(publication_log.in_force_order(home)))


@pytest.fixture
def kill_at(changes: ChangeProcess, home: Home) -> Kill:
    """Kill a change of the home at a named point."""

    def kill(fault_point: str, change: str) -> None:
        about = "1" if change == "rollback" else "killed"
        outcome = changes.run(home, change, about, fault_point=fault_point)
        assert outcome.status == -signal.SIGKILL, outcome.said

    return kill


@pytest.mark.parametrize("fault_point", BEFORE_SWITCH)
def test_kill_before_the_switch_leaves_the_old_generation(
    home: Home, kill_at: Kill, fault_point: str
) -> None:
    tiny.publish(home, "first")
    kill_at(fault_point, "publish")
    assert tiny.runs_seen(home) == ["first"]
    assert [kept.generation for kept in generation.kept(home)] == [1]

    published = tiny.publish(home, "next")
    assert tiny.runs_seen(home) == ["first", "next"]
    assert published.generation == (3 if fault_point == "publish.after_rename" else 2)  # never a number twice
    assert_nothing_left_over(home, published.generation)


@pytest.mark.parametrize("fault_point", AFTER_SWITCH)
def test_kill_after_the_switch_leaves_the_new_generation(home: Home, kill_at: Kill, fault_point: str) -> None:
    tiny.publish(home, "first")
    tiny.hold(home, "held")
    kill_at(fault_point, "publish")
    assert tiny.runs_seen(home) == ["first", "killed"]

    with run_lock(home, "recovering"):
        generation.start_candidate(home)
    assert_nothing_left_over(home, 2)
    assert generation.held_candidates(home) == []
    assert tiny.publish(home, "next").generation == 3
    assert tiny.runs_seen(home) == ["first", "killed", "next"]
    assert_nothing_left_over(home, 3)
    assert publication_log.in_force_order(home) == [1, 2, 3]


@pytest.mark.parametrize("fault_point", ["candidate.wiped", "publish.after_rename", "publish.after_symlink"])
def test_kill_of_the_very_first_publication(home: Home, kill_at: Kill, fault_point: str) -> None:
    kill_at(fault_point, "publish")
    in_force = generation.current(home)
    assert (in_force is not None) == (fault_point in AFTER_SWITCH)

    published = tiny.publish(home, "next")
    assert tiny.runs_seen(home) == (["killed", "next"] if in_force else ["next"])
    assert_nothing_left_over(home, published.generation)


def test_kill_of_the_run_that_recovers_from_a_kill(home: Home, kill_at: Kill) -> None:
    tiny.publish(home, "first")
    kill_at("publish.after_rename", "publish")
    kill_at("candidate.wiped", "publish")
    kill_at("publish.after_symlink", "publish")
    kill_at("candidate.copied", "publish")
    assert tiny.runs_seen(home) == ["first", "killed"]
    published = tiny.publish(home, "next")
    assert tiny.runs_seen(home) == ["first", "killed", "next"]
    assert_nothing_left_over(home, published.generation)


def test_kill_after_a_hold_moved_leaves_the_hold_to_release(home: Home, kill_at: Kill) -> None:
    tiny.publish(home, "first")
    tiny.hold(home, "older")
    kill_at("hold.after_move", "hold")
    assert tiny.runs_seen(home) == ["first"]

    released = tiny.release(home)
    assert released.run_id == "killed"
    assert tiny.runs_seen(home) == ["first", "killed"]
    assert list(home.held.iterdir()) == []
    assert_nothing_left_over(home, 2)


@pytest.mark.parametrize("fault_point", [*BEFORE_SWITCH[2:], *AFTER_SWITCH])
def test_kill_of_a_release_loses_neither_hold_nor_readers(
    home: Home, kill_at: Kill, fault_point: str
) -> None:
    tiny.publish(home, "first")
    tiny.hold(home, "held")
    kill_at(fault_point, "release")
    if fault_point in BEFORE_SWITCH:
        assert tiny.runs_seen(home) == ["first"]
        tiny.release(home)
    assert tiny.runs_seen(home) == ["first", "held"]

    published = tiny.publish(home, "next")
    assert tiny.runs_seen(home) == ["first", "held", "next"]
    assert [event.what for event in publication_log.events(home) if event.what != "discarded"] == [
        "published",
        "released",
        "published",
    ]
    assert list(home.held.iterdir()) == []
    assert_nothing_left_over(home, published.generation)


def test_kill_of_a_rollback_after_its_switch(home: Home, kill_at: Kill) -> None:
    tiny.publish(home, "first")
    tiny.publish(home, "second")
    kill_at("rollback.after_symlink", "rollback")
    assert tiny.runs_seen(home) == ["first"]

    assert tiny.publish(home, "next").generation == 3
    assert tiny.runs_seen(home) == ["first", "next"]
    assert [event.what for event in publication_log.events(home)] == [
        "published",
        "published",
        "rolled_back",
        "published",
    ]


def test_leftovers_of_a_kill_within_a_write_are_removed(home: Home) -> None:
    tiny.publish(home, "first")
    for parent in (home.published, home.held):
        (parent / ".new-current").symlink_to("gen-000009")
        (parent / ".new-current.json").write_text("{")
        (parent / ".removed-gen-000009").mkdir()
        (parent / ".removed-gen-000009" / "half").write_bytes(b"half")
    assert tiny.publish(home, "next").generation == 2
    assert_nothing_left_over(home, 2)
    assert list(home.held.iterdir()) == []


def test_misspelt_fault_point_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"publish\.midway"):
        fault_points.reach("publish.midway")
    monkeypatch.setenv(fault_points.VARIABLE, "publish.midway")
    with pytest.raises(ValueError, match=r"publish\.midway"):
        fault_points.reach("run.finished")
