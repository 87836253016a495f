"""Every way round the gate that needs no run: a table of them, each of which publishes nothing.

Ways through Dagster, dbt and the command line are in tests/integration/test_gate_bypass.py.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import fault_points, nightly
from orchestration.errors import NotPublishable, RunFailed
from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, PUBLISHED_FILES, SHARED_FILE, Home
from orchestration.lock import run_lock
from orchestration.nightly import NightlyRun
from orchestration.publishing import generation, verdict
from orchestration.publishing.manifest import ManifestDraft
from orchestration.settings import load_settings
from tests.unit import tiny_generation as tiny

RUN = "second"
DRAFT = tiny.draft(RUN)


@dataclass(frozen=True)
class Way:
    """What somebody does to an audited candidate (or a held one) before it is published as `draft`."""

    name: str
    says: str
    tamper: Callable[[Home], object]
    draft: ManifestDraft = DRAFT
    is_held: bool = False
    # In the middle of publishing, once the bytes were compared with the verdict.
    is_late: bool = False


def edited(home: Home, **changes: Any) -> None:
    edit_json(verdict.verdict_path(home), **changes)


def edit_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))


def bytes_of(home: Home) -> str:
    return verdict.candidate_sha256(generation.file_hashes(home.candidate))


def add_a_row(folder: Path) -> None:
    with duckdb.connect(folder / EMPLOYEE_FILE) as connection:
        connection.execute("insert into run values ('tampered')")


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def add_a_row_and_say_so_in_the_verdict(home: Home) -> None:
    add_a_row(home.candidate)
    edited(home, candidate_sha256=bytes_of(home))


def call_it_passed(home: Home) -> None:
    tiny.audit(home, RUN, "failed")
    edited(home, outcome="passed")


def pass_what_was_held(home: Home) -> None:
    tiny.audit(home, RUN, "failed")
    checks = [tiny.check().model_dump()]
    edited(home, outcome="passed", checks=checks)


def seal_with_another_key(home: Home) -> None:
    found = verdict.look(verdict.verdict_path(home))
    verdict.write(verdict.verdict_path(home), found, b"\0" * 32)


def rebuild_under_the_old_verdict(home: Home) -> None:
    old = tiny.audit(home, RUN)
    tiny.build(home, RUN)
    add_a_row(home.candidate)
    verdict.write(verdict.verdict_path(home), old, tiny.key(home))


def swap_in_the_published_file(home: Home) -> None:
    shutil.copyfile(home.current / IDENTITY_FILE, home.candidate / IDENTITY_FILE)


def swap_two_files(home: Home) -> None:
    first, second = home.candidate / EMPLOYEE_FILE, home.candidate / SHARED_FILE
    third = first.rename(home.work / "aside")
    second.rename(first)
    third.rename(second)


def put_a_link_for_a_file(home: Home, folder: Path | None = None) -> None:
    path = (folder or home.candidate) / EMPLOYEE_FILE
    path.symlink_to(path.rename(home.root / "elsewhere"))


def put_a_link_for_the_candidate(home: Home) -> None:
    home.candidate.symlink_to(home.candidate.rename(home.root / "elsewhere"))


def give_a_file_a_second_name(home: Home) -> None:
    (home.root / "elsewhere").hardlink_to(home.candidate / EMPLOYEE_FILE)


def write_the_same_bytes(home: Home) -> None:
    path = home.candidate / EMPLOYEE_FILE
    path.chmod(0o600)
    path.write_bytes(path.read_bytes())


def exchange_for_the_same_bytes(home: Home) -> None:
    path = home.candidate / EMPLOYEE_FILE
    shutil.copy2(path, home.work / "copy")
    (home.work / "copy").replace(path)


def go_back_and_on(home: Home) -> None:
    """What is in force is no longer what the candidate was built on."""
    shutil.copytree(home.published / "gen-000001", home.published / "gen-000002")
    home.current.unlink()
    home.current.symlink_to("gen-000002")


def held_folder(home: Home) -> Path:
    return home.held / RUN


def edit_what_was_held(home: Home) -> None:
    folder = held_folder(home)
    add_a_row(folder / "candidate")
    sha256 = verdict.candidate_sha256(generation.file_hashes(folder / "candidate"))
    edit_json(folder / "verdict.json", candidate_sha256=sha256)


WAYS = [
    Way("no verdict", "no verdict", lambda home: verdict.verdict_path(home).unlink()),
    Way("an empty verdict", "not as the gate", lambda home: verdict.verdict_path(home).write_bytes(b"{}")),
    Way("a held candidate", "employee.has_rows", lambda home: tiny.audit(home, RUN, "failed")),
    Way("a held verdict set to passed", "not as the gate", call_it_passed),
    Way("a held verdict rewritten with its checks", "not as the gate", pass_what_was_held),
    Way("a verdict rewritten for other bytes", "not as the gate", add_a_row_and_say_so_in_the_verdict),
    Way("a verdict under a seal of another key", "not as the gate", seal_with_another_key),
    Way("an old verdict of this run", "other bytes", rebuild_under_the_old_verdict),
    Way("a verdict of another run", "another run", lambda home: tiny.audit(home, "other")),
    Way(
        "another code version than was audited",
        "another run",
        lambda home: None,
        draft=DRAFT.model_copy(update={"node_hashes": {"model.adoption.fct": "1"}}),
    ),
    Way(
        "other settings than were audited",
        "another run",
        lambda home: None,
        draft=DRAFT.model_copy(update={"settings_hash": "1"}),
    ),
    Way(
        "other deliveries than were audited",
        "another run",
        lambda home: None,
        draft=DRAFT.model_copy(update={"delivery_ids": ("a", "b", "c")}),
    ),
    Way("a row more", "other bytes", lambda home: add_a_row(home.candidate)),
    *(
        Way(f"a byte of {name}", "other bytes", lambda home, name=name: flip_a_byte(home.candidate / name))  # type: ignore[misc]
        for name in PUBLISHED_FILES
    ),
    Way("a published file in place of one", "other bytes", swap_in_the_published_file),
    Way("two files exchanged", "other bytes", swap_two_files),
    Way("a file missing", "is missing", lambda home: (home.candidate / SHARED_FILE).unlink()),
    Way("a log beside", "lies beside", lambda home: (home.candidate / f"{SHARED_FILE}.wal").touch()),
    Way("a file beside", "does not belong", lambda home: (home.candidate / "more.duckdb").touch()),
    Way("a link in place of a file", "no regular file", put_a_link_for_a_file),
    Way("a link in place of the candidate", "is a link", put_a_link_for_the_candidate),
    Way("a second name of a file", "another name", give_a_file_a_second_name),
    Way("a base that is not in force any more", "built on generation 1", go_back_and_on),
    Way("a write after the comparison", "changed while", write_the_same_bytes, is_late=True),
    Way("an exchange after the comparison", "changed while", exchange_for_the_same_bytes, is_late=True),
    Way("a link after the comparison", "no regular file", put_a_link_for_a_file, is_late=True),
    Way(
        "a byte of what is held",
        "other bytes",
        lambda home: flip_a_byte(held_folder(home) / "candidate" / EMPLOYEE_FILE),
        is_held=True,
    ),
    Way("a held verdict rewritten for other bytes", "not as the gate", edit_what_was_held, is_held=True),
    Way(
        "what is held under other deliveries",
        "another run",
        lambda home: edit_json(held_folder(home) / "draft.json", delivery_ids=["a", "b", "c"]),
        is_held=True,
    ),
    Way(
        "a link in place of a held file",
        "no regular file",
        lambda home: put_a_link_for_a_file(home, held_folder(home) / "candidate"),
        is_held=True,
    ),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One generation in force."""
    home = Home(tmp_path / "home")
    tiny.publish(home, "first")
    return home


def publish(home: Home, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    if way.is_held:
        tiny.hold(home, RUN)
        way.tamper(home)
        tiny.release(home)
        return
    with run_lock(home, RUN):
        tiny.build(home, RUN)
        tiny.audit(home, RUN)
        if way.is_late:
            monkeypatch.setattr(
                fault_points, "reach", lambda point: point == "publish.after_manifest" and way.tamper(home)
            )
        else:
            way.tamper(home)
        generation.publish(home, way.draft)


def seen_by_readers(home: Home) -> dict[str, str]:
    folder = home.current.resolve(strict=True)
    return generation.file_hashes(folder) | {"as stated": generation.verify(folder).run_id}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_no_way_round_the_gate_publishes_anything(
    home: Home, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen_by_readers(home)
    with pytest.raises(NotPublishable, match=way.says):
        publish(home, way, monkeypatch)
    monkeypatch.undo()
    assert seen_by_readers(home) == before
    assert before["as stated"] == "first"


def test_without_any_of_these_the_same_candidate_is_published(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, Way("nothing", "", lambda home: None), monkeypatch)
    assert tiny.runs_seen(home) == ["first", RUN]


def test_a_run_that_built_nothing_audits_nothing(home: Home) -> None:
    """Whatever lies in work/, of whichever run."""
    with run_lock(home, RUN):
        tiny.build(home, RUN)
        tiny.audit(home, RUN)
        run = NightlyRun(home, load_settings(home.root), run_id=RUN)
        with pytest.raises(RunFailed, match="dbt built nothing in this run"):
            nightly.audit(run)
        with pytest.raises(RunFailed, match="Nothing was built in this run"):
            nightly.publish(run)
    assert tiny.runs_seen(home) == ["first"]
