"""A checkpoint broken off, and write-ahead logs that lie where none belongs: named or wiped, never read in.

Flipped bits are in unit/test_generation_rollback.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import NotPublishable, RunFailed
from orchestration.home import PUBLISHED_FILES, Home
from orchestration.lock import run_lock
from orchestration.publishing import generation
from tests.faults.change_process import ChangeProcess
from tests.unit import tiny_generation as tiny

# Every place at which DuckDB can break a checkpoint off, and none.
ABORTS = (
    *("before_header", "after_free_list_write", "before_truncate"),
    *("before_wal_finish", "before_deleting_checkpoint_wal"),
)


@pytest.mark.parametrize("mode", [*ABORTS, "none"])
def test_a_candidate_whose_checkpoint_was_broken_off_is_not_published(
    changes: ChangeProcess, home: Home, mode: str
) -> None:
    tiny.publish(home, "first")
    outcome = changes.run(home, "abort_checkpoint", mode)
    if outcome.status == 0:  # nothing broke off: to the row what was built
        assert mode in ("none", "before_deleting_checkpoint_wal")
        built, late = ["first", "aborted"], ["first", "aborted", "late"]
        assert tiny.rows(home.current.resolve()) == [built, late, built]
        return
    assert "Checkpoint aborted" in outcome.said
    assert "NotPublishable" in outcome.said and "adoption.duckdb.wal lies beside its database" in outcome.said
    assert tiny.runs_seen(home) == ["first"]
    tiny.publish(home, "next")
    assert tiny.runs_seen(home) == ["first", "next"]


@pytest.fixture(scope="module")
def stale_wal(changes: ChangeProcess, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of five rows that were committed to a copy of a database and not yet written into it."""
    folder = tmp_path_factory.mktemp("stale")
    home = Home(folder / "home")
    tiny.publish(home, "first")
    database = folder / "copy.duckdb"
    shutil.copy(home.current / PUBLISHED_FILES[0], database)
    database.chmod(0o600)
    changes.succeed(home, "leave_log", str(database))
    wal = database.with_name("copy.duckdb.wal")
    assert wal.stat().st_size > 0
    return wal


def plant(stale_wal: Path, beside: Path) -> Path:
    return Path(shutil.copy(stale_wal, beside.with_name(beside.name + ".wal")))


def test_a_stale_log_beside_a_copy_of_its_database_would_be_read_in(stale_wal: Path, tmp_path: Path) -> None:
    """That the others below could fail."""
    home = Home(tmp_path / "home")
    tiny.publish(home, "first")
    writable = Path(shutil.copy(home.current / PUBLISHED_FILES[0], tmp_path / "copy.duckdb"))
    writable.chmod(0o600)
    shutil.copy(stale_wal.with_name("copy.duckdb"), writable)
    plant(stale_wal, writable)
    with duckdb.connect(writable) as connection:
        assert connection.execute("select count(*) from run where run_id = 'phantom'").fetchone() == (5,)


def test_stale_logs_in_work_are_wiped_before_a_candidate_is_begun(home: Home, stale_wal: Path) -> None:
    tiny.publish(home, "first")
    home.candidate.mkdir(parents=True)
    planted = [
        plant(stale_wal, path)
        for path in (home.scratch, *(home.candidate / name for name in PUBLISHED_FILES))
    ]
    tiny.publish(home, "second")
    assert tiny.runs_seen(home) == ["first", "second"]
    assert not any(path.exists() for path in planted)


@pytest.mark.parametrize("name", PUBLISHED_FILES)
def test_a_stale_log_beside_a_candidate_is_refused_by_name(home: Home, stale_wal: Path, name: str) -> None:
    tiny.publish(home, "first")
    with run_lock(home, "second"):
        tiny.build(home, "second")
        tiny.audit(home, "second")
        plant(stale_wal, home.candidate / name)
        with pytest.raises(NotPublishable, match=rf"{name}\.wal lies beside"):
            tiny.audit(home, "second")
        with pytest.raises(NotPublishable, match=rf"{name}\.wal lies beside"):
            generation.publish(home, tiny.draft("second"))
    assert tiny.runs_seen(home) == ["first"]


@pytest.mark.parametrize("name", PUBLISHED_FILES)
def test_a_stale_log_beside_a_published_file_is_refused_by_name(
    home: Home, stale_wal: Path, name: str
) -> None:
    """Neither built upon nor put back in force; removed, all goes on, without one phantom row."""
    tiny.publish(home, "first")
    planted = plant(stale_wal, home.published / "gen-000001" / name)
    with pytest.raises(RunFailed, match=rf"{name}\.wal lies beside"):
        tiny.publish(home, "second")
    planted.unlink()
    tiny.publish(home, "second")
    planted = plant(stale_wal, home.published / "gen-000001" / name)
    with pytest.raises(RunFailed, match=rf"{name}\.wal lies beside"):
        tiny.rollback(home, 1)
    assert tiny.runs_seen(home) == ["first", "second"]
