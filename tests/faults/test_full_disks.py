"""A disk that is full, each in turn: one sentence names the folder, readers stay where they were, exit 1.

Every single write that finds no space, of publishing and of the ledger, is in test_failing_calls.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import durable
from tests import warehouse
from tests.faults.conftest import NIGHT, Undisturbed
from tests.faults.small_disk import Night, nights_on_a_small_disk

pytestmark = pytest.mark.slow
BLOCK = 4096


def complaint(night: Night) -> str:
    """What a night said in the end."""
    assert "Traceback" not in night.said
    return night.said.partition("adoption: ")[2].strip()


@pytest.mark.parametrize("folder", ["dagster", "landing", "."])
def test_a_folder_without_any_space_is_named_and_nothing_is_lost(night_home: Path, folder: str) -> None:
    before = warehouse.file_hashes(warehouse.current(night_home))
    full = night_home / folder
    (night,) = nights_on_a_small_disk(night_home, full, BLOCK, NIGHT)
    assert night.status == 1
    assert night.files == before
    said = complaint(night)
    assert "\n" not in said and "space" in said.lower() and str(full) in said, said


def test_space_that_ends_while_dbt_builds_is_said_and_the_next_night_succeeds(
    night_home: Path, undisturbed: Undisturbed
) -> None:
    """There is enough to start (twice the generation, and what landing and Dagster write before) and too
    little for what the models need besides.
    """
    before = warehouse.file_hashes(warehouse.current(night_home))
    generation = sum(path.stat().st_size for path in warehouse.current(night_home).glob("*.duckdb"))
    durable.empty_directory(night_home / "work")
    failed, recovered = nights_on_a_small_disk(
        night_home, night_home, 2 * generation + (12 << 20), NIGHT, then_enough=True
    )
    assert failed.status == 1
    assert failed.files == before
    assert f"stopped because the disk of {night_home / 'work'} is full (0.0 MiB free)" in complaint(failed)
    assert recovered.status == 0, recovered.said
    assert recovered.tables == undisturbed.tables
