"""What `dbt build` is told to leave out, asked of dbt itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.transformation import dbt_run
from tests import warehouse


def _selected(home: Home, *, is_full_rebuild: bool) -> set[str]:
    _, *arguments = dbt_run.build_arguments(is_full_rebuild=is_full_rebuild)
    chosen = [argument for argument in arguments if argument != "--full-refresh"]
    listed = warehouse.dbt(home, "--quiet", "ls", "--output", "json", "--output-keys", "unique_id", *chosen)
    assert listed.returncode == 0, listed.stdout
    return {json.loads(line)["unique_id"] for line in listed.stdout.splitlines() if line.startswith("{")}


def test_seeds_are_tested_when_everything_is_built_anew_and_else_they_alone_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    nodes = json.loads(dbt_run.ensure_manifest(home).read_bytes())["nodes"]
    of_seeds = {
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] == "test"
        and all(parent.startswith("seed.") for parent in node["depends_on"]["nodes"])
    }
    tests = {unique_id for unique_id, node in nodes.items() if node["resource_type"] == "test"}
    assert of_seeds < tests
    anew, later = (_selected(home, is_full_rebuild=is_full) for is_full in (True, False))
    assert tests < anew
    assert anew - later == of_seeds
    manifest = {"nodes": nodes}
    expected = [dbt_run.expected_nodes(manifest, is_full_rebuild=is_full) for is_full in (True, False)]
    assert expected == [
        {name for name in selected & nodes.keys() if nodes[name]["config"]["materialized"] != "ephemeral"}
        for selected in (anew, later)
    ]


def test_no_variable_of_the_environment_leaves_anything_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    usual = _selected(home, is_full_rebuild=True)
    monkeypatch.setenv("DBT_RESOURCE_TYPES", "seed")
    monkeypatch.setenv("DBT_INDIRECT_SELECTION", "empty")
    assert _selected(home, is_full_rebuild=True) == usual
