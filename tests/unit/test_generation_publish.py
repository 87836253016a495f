"""What publishing does, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import NotPublishable, RunFailed
from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, PUBLISHED_FILES, SHARED_FILE, Home
from orchestration.lock import run_lock
from orchestration.publishing import generation, publication_log
from tests.unit import tiny_generation as tiny


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_published_generation_is_in_force_and_described(home: Home) -> None:
    assert generation.current(home) is None
    tiny.publish(home, "first")
    published = tiny.publish(home, "second")

    assert (published.generation, published.previous_generation) == (2, 1)
    assert published.delivery_ids == ("a", "b")
    assert published == generation.current(home)
    assert [kept.generation for kept in generation.kept(home)] == [1, 2]
    assert str(home.current.readlink()) == "gen-000002"
    assert json.loads((home.published / "current.json").read_text()) == {
        "generation": 2,
        "directory": "gen-000002",
        "files": list(PUBLISHED_FILES),
    }
    assert tiny.runs_seen(home) == ["first", "second"]
    assert [(event.generation, event.what) for event in publication_log.events(home)] == [
        (1, "published"),
        (2, "published"),
    ]


@pytest.mark.usefixtures("umask")
def test_modes_do_not_depend_on_the_umask(home: Home) -> None:
    tiny.publish(home, "first")
    tiny.hold(home, "second")
    directory = home.current.resolve()

    assert {name: mode(directory / name) for name in PUBLISHED_FILES} == {
        SHARED_FILE: 0o440,
        EMPLOYEE_FILE: 0o440,
        IDENTITY_FILE: 0o400,
    }
    assert [mode(path) for path in (home.published, directory)] == [0o750, 0o750]
    assert [mode(path) for path in (home.work, home.held, home.held / "second")] == [0o700] * 3
    for path in (
        directory / "manifest.json",
        home.published / "current.json",
        home.published / "history.jsonl",
    ):
        assert mode(path) == 0o640, path


def test_candidate_changed_after_its_verdict_is_refused(home: Home) -> None:
    tiny.publish(home, "first")
    with run_lock(home, "second"):
        tiny.build(home, "second")
        tiny.audit(home, "second")
        with duckdb.connect(home.candidate / IDENTITY_FILE) as connection:
            connection.execute("insert into run values ('tampered')")
        with pytest.raises(NotPublishable, match="other bytes"):
            generation.publish(home, tiny.draft("second"))
    assert tiny.runs_seen(home) == ["first"]


def test_candidate_changed_between_hash_and_switch_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.publish(home, "first")

    def tamper(point: str) -> None:
        if point == "publish.after_manifest":
            path = home.candidate / EMPLOYEE_FILE
            content = path.read_bytes()
            path.write_bytes(content)  # the same bytes: even a write that changes nothing is one too many

    monkeypatch.setattr("orchestration.fault_points.reach", tamper)
    with pytest.raises(NotPublishable, match="changed while"):
        tiny.publish(home, "second")
    monkeypatch.undo()
    assert tiny.runs_seen(home) == ["first"]
    assert tiny.publish(home, "third").generation == 3


def test_candidate_without_verdict_is_refused(home: Home) -> None:
    with run_lock(home, "first"):
        tiny.build(home, "first")
        with pytest.raises(NotPublishable, match="no verdict"):
            generation.publish(home, tiny.draft("first"))


def test_held_candidate_is_refused_naming_the_check(home: Home) -> None:
    with run_lock(home, "first"):
        tiny.build(home, "first")
        tiny.audit(home, "first", "failed")
        with pytest.raises(NotPublishable, match=r"employee\.has_rows"):
            generation.publish(home, tiny.draft("first"))
    assert generation.current(home) is None


def test_candidate_built_on_a_superseded_generation_is_refused(home: Home, tmp_path: Path) -> None:
    tiny.publish(home, "first")
    with run_lock(home, "zombie"):
        tiny.build(home, "zombie")
        tiny.audit(home, "zombie")
        shutil.copytree(home.work, tmp_path / "paused")
    tiny.publish(home, "newer")
    with run_lock(home, "zombie"):
        shutil.rmtree(home.work)
        shutil.copytree(tmp_path / "paused", home.work)
        with pytest.raises(NotPublishable, match="built on generation 1, and 2 is in force"):
            generation.publish(home, tiny.draft("zombie"))
    assert tiny.runs_seen(home) == ["first", "newer"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("adoption.duckdb.wal", "lies beside its database"), ("notes.txt", "does not belong")],
)
def test_candidate_with_something_beside_is_refused_by_name(home: Home, name: str, says: str) -> None:
    with run_lock(home, "first"):
        tiny.build(home, "first")
        tiny.audit(home, "first")
        (home.candidate / name).write_bytes(b"")
        with pytest.raises(NotPublishable, match=f"{name} {says}"):
            generation.publish(home, tiny.draft("first"))


@pytest.mark.parametrize("name", PUBLISHED_FILES)
def test_candidate_with_a_file_missing_is_refused_by_name(home: Home, name: str) -> None:
    with run_lock(home, "first"):
        tiny.build(home, "first")
        tiny.audit(home, "first")
        (home.candidate / name).unlink()
        with pytest.raises(NotPublishable, match=f"/{name} is missing"):
            generation.publish(home, tiny.draft("first"))


def test_nothing_changes_without_the_run_lock(home: Home) -> None:
    for change in (
        lambda: generation.start_candidate(home),
        lambda: generation.publish(home, tiny.draft("first")),
        lambda: generation.hold(home, tiny.draft("first")),
        lambda: generation.release(home, "reason", "person"),
        lambda: generation.rollback(home, None),
    ):
        with pytest.raises(RunFailed, match="run lock"):
            change()
    assert not home.root.exists()


def test_prune_keeps_the_generations_last_in_force(home: Home) -> None:
    home.root.mkdir()
    (home.root / "adoption.toml").write_text("kept_generations = 3\n")
    for run_id in ("first", "second", "third"):
        tiny.publish(home, run_id)
    tiny.rollback(home, 1)
    tiny.publish(home, "fourth")
    assert [kept.generation for kept in generation.kept(home)] == [1, 3, 4]
    assert tiny.runs_seen(home) == ["first", "fourth"]


def test_reader_keeps_its_generation_while_newer_ones_replace_it(home: Home) -> None:
    home.root.mkdir()
    (home.root / "adoption.toml").write_text("kept_generations = 2\n")
    tiny.publish(home, "first")
    with duckdb.connect(home.current.resolve() / EMPLOYEE_FILE, read_only=True) as reader:
        for number in range(2, 22):
            tiny.publish(home, f"run{number}")
            assert reader.execute("from run").fetchall() == [("first",)]
    assert [kept.generation for kept in generation.kept(home)] == [20, 21]
    assert (1, "pruned") in [(event.generation, event.what) for event in publication_log.events(home)]


def test_run_id_cannot_leave_the_held_folder() -> None:
    for run_id in ("../x", "a/b", ".hidden", ""):
        with pytest.raises(ValueError, match="run_id"):
            tiny.draft(run_id)
