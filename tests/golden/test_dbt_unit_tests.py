"""dbt's unit tests of the rules at their boundaries, run where a night has left its models."""

from __future__ import annotations

import json

import pytest
import yaml

from orchestration.home import PROJECT_ROOT, Home
from tests import warehouse

pytestmark = pytest.mark.slow


def test_every_rule_holds_at_its_boundaries(candidate_home: Home) -> None:
    finished = warehouse.dbt(candidate_home, "test", "--select", "test_type:unit")
    assert finished.returncode == 0, finished.stdout
    results = json.loads((candidate_home.dbt_target / "run_results.json").read_bytes())["results"]
    passed = [r for r in results if r["unique_id"].startswith("unit_test.") and r["status"] == "pass"]
    written = {
        test["name"]
        for path in (PROJECT_ROOT / "dbt_project" / "models").rglob("*.yml")
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", [])
    }
    assert written
    assert {result["unique_id"].split(".")[-1] for result in passed} == written
