"""Readers poll while generations are published, rolled back and killed at drawn times: no mix, no error.

The seed is recorded. `make soak` runs the full counts of CASES F2, F3 and F12 through ADOPTION_TEST_KILLS,
_READS and _PAUSES; the suite a small part of each.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

from orchestration.home import Home
from orchestration.publishing import generation, publication_log, published
from tests.faults.change_process import PAUSES, ChangeProcess
from tests.faults.readers import Seen, readers
from tests.unit import tiny_generation as tiny

SEED = int(os.environ.get("ADOPTION_TEST_SEED", "20260330"))
KILLS = int(os.environ.get("ADOPTION_TEST_KILLS", "30"))
READS = int(os.environ.get("ADOPTION_TEST_READS", "300"))
PAUSED_RUNS = int(os.environ.get("ADOPTION_TEST_PAUSES", "7"))
KEPT = 10
# A lock that is back is one lost on another host: the paused run cannot tell by looking at its file. Paused
# before it has a candidate, such a run begins with the newer generation, as any run does.
LOST_LOCKS = [(place, "removed") for place in PAUSES] + [(place, "back") for place in PAUSES[1:]]


def keep(home: Home, generations: int) -> None:
    home.root.mkdir()
    (home.root / "adoption.toml").write_text(f"kept_generations = {generations}\n")


def assert_undisturbed(seen: Seen, *, generations: int) -> None:
    assert seen.errors == []
    assert seen.mixed == 0
    assert len(seen.generations) >= generations


def kill_after(changes: ChangeProcess, home: Home, run_id: str, seconds: float) -> bool:
    """Make every change there is, killed when it has taken so long; whether it had not ended before."""
    process = changes.start(home, "all", run_id)
    time.sleep(seconds)
    with suppress(ProcessLookupError):  # it has ended before
        os.kill(process, signal.SIGKILL)
    outcome = changes.outcome()
    assert outcome.status in (0, -signal.SIGKILL), outcome.said
    generation.verify(home.current.resolve(strict=True))
    if outcome.status == 0:
        assert tiny.runs_seen(home)[-1] == f"{run_id}-held"
    return outcome.status != 0


def assert_recovers(changes: ChangeProcess, home: Home, run_id: str) -> None:
    """The next run publishes with nobody's help, upon what is in force, and leaves nothing of the killed."""
    before = tiny.runs_seen(home)
    changes.succeed(home, "publish", run_id)
    assert tiny.runs_seen(home) == [*before, run_id]
    in_force = publication_log.ever_in_force(home)
    assert set(published.numbers(home)) <= in_force
    assert not [entry.name for entry in home.published.iterdir() if entry.name.startswith(".")]
    assert list(home.held.iterdir()) == []


def test_changes_killed_at_random_times_show_readers_no_mix(changes: ChangeProcess, home: Home) -> None:
    """Every second kill hits the run that recovers from the one before it (F3)."""
    keep(home, 3 * KEPT)
    draw = random.Random(SEED)
    changes.succeed(home, "publish", "first")
    kills, rounds = 0, itertools.count()
    with readers(home, 4, query="tiny", at_least=READS) as seen:
        started = time.monotonic()
        changes.succeed(home, "all", "undisturbed")
        whole = time.monotonic() - started
        while kills < KILLS:
            number = next(rounds)
            kills += kill_after(changes, home, f"killed-{number}", draw.uniform(0.0, whole))
            if number % 2:
                assert_recovers(changes, home, f"next-{number}")
    assert_undisturbed(seen, generations=KILLS // 3)
    assert seen.reads >= READS


def test_fifty_readers_during_publications_see_no_mix(changes: ChangeProcess, home: Home) -> None:
    keep(home, KEPT)
    changes.succeed(home, "publish", "first")
    with readers(home, 50, query="tiny") as seen:
        for number in range(KEPT - 1):
            changes.succeed(home, "publish", f"run-{number}")
    assert_undisturbed(seen, generations=2)
    assert seen.reads >= 50


def test_rollback_to_each_kept_generation_puts_back_its_bytes_under_readers(
    changes: ChangeProcess, home: Home
) -> None:
    keep(home, KEPT)
    for number in range(KEPT):
        changes.succeed(home, "publish", f"run-{number}")
    hashes = {kept: bytes_of(published.directory_of(home, kept)) for kept in published.kept_numbers(home)}
    assert len(hashes) == KEPT
    order = [*hashes][:-1]
    random.Random(SEED).shuffle(order)
    with readers(home, 4, query="tiny") as seen:
        for number in order:
            changes.succeed(home, "rollback", str(number))
            assert published.number_in_force(home) == number
            assert {kept: bytes_of(published.directory_of(home, kept)) for kept in hashes} == hashes
    assert_undisturbed(seen, generations=2)


def bytes_of(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_run_paused_while_a_newer_one_published_changes_nothing(changes: ChangeProcess, home: Home) -> None:
    tiny.publish(home, "first")
    for number in range(PAUSED_RUNS):
        place, lock = LOST_LOCKS[number % len(LOST_LOCKS)]
        process = changes.start(home, "pause", place)
        changes.wait_until_stopped()
        aside = home.root / "lock-aside"
        home.lock.rename(aside)  # what an operator does who takes the paused run for dead
        tiny.publish(home, f"newer-{number}")
        if lock == "back":
            aside.replace(home.lock)
        before = bytes_of(home.current), publication_log.events(home), list(home.published.iterdir())
        os.kill(process, signal.SIGCONT)
        outcome = changes.outcome()
        assert outcome.status == 1, (place, lock, outcome.said)
        assert (
            bytes_of(home.current),
            publication_log.events(home),
            list(home.published.iterdir()),
        ) == before
        if (place, lock) == ("after_audit", "back"):
            assert "NotPublishable: The candidate was built on generation" in outcome.said
        elif lock == "removed" and place in ("before_candidate", "after_audit"):
            assert "was removed while run zombie held it" in outcome.said
        aside.unlink(missing_ok=True)
    assert tiny.runs_seen(home) == ["first", *(f"newer-{number}" for number in range(PAUSED_RUNS))]
