"""dbt's unit tests of the rules at their boundaries, run where a night has left its models."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from orchestration.home import PROJECT_ROOT, PUBLISHED_FILES, Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run
from tests import warehouse

pytestmark = pytest.mark.slow


def test_every_rule_holds_at_its_boundaries(truth_home: Path, tmp_path: Path) -> None:
    copy = Home(tmp_path)
    copy.candidate.mkdir(parents=True)
    shutil.copy(truth_home / "work" / "scratch.duckdb", copy.scratch)
    for name in PUBLISHED_FILES:
        shutil.copy(warehouse.current(truth_home) / name, copy.candidate)
    finished = subprocess.run(
        [*dbt_run.executable_prefix(), "test", "--select", "test_type:unit"],
        cwd=PROJECT_ROOT,
        env=os.environ | dbt_run.dbt_environment(copy, Settings(), truth_home / "pseudonym.key"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    results = json.loads((copy.dbt_target / "run_results.json").read_bytes())["results"]
    passed = [r for r in results if r["unique_id"].startswith("unit_test.") and r["status"] == "pass"]
    written = {
        test["name"]
        for path in (PROJECT_ROOT / "dbt_project" / "models").rglob("*.yml")
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", [])
    }
    assert written
    assert {result["unique_id"].split(".")[-1] for result in passed} == written
