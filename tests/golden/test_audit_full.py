"""The audit over all history finds what the nightly tests, which look at touched dates, no longer would."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import RunFailed
from orchestration.upkeep.audit_full import audit_full
from tests import warehouse

pytestmark = pytest.mark.slow


def test_sound_history_passes(truth_home: Path) -> None:
    assert audit_full(truth_home) > 50


def test_a_row_doubled_in_an_old_week_is_named(truth_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(truth_home / "published", home / "published", symlinks=True)
    shutil.copy(truth_home / "pseudonym.key", home)
    with duckdb.connect(str(warehouse.current(home) / "adoption.duckdb")) as connection:
        connection.execute(
            "insert into marts.fct_employee_engagement_daily select * "
            "from marts.fct_employee_engagement_daily where activity_date = date '2026-02-03' limit 1"
        )
    with pytest.raises(RunFailed, match="unique_grain_fct_employee_engagement_daily"):
        audit_full(home)
