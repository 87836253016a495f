"""How dbt is called and how its results are read: pure, without dbt."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from orchestration.errors import RunFailed
from orchestration.home import Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run


def project(root: Path, model: str = "select 1", macro: str = "{# #}") -> Path:
    for name, content in (
        ("models/marts/dim_tool.sql", model),
        ("models/marts/_models.yml", "version: 2"),
        ("seeds/tools/tools.csv", "tool_id\nchatgpt\n"),
        ("macros/keys.sql", macro),
    ):
        path = root / "dbt_project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def test_every_model_and_seed_has_a_hash_and_the_macros_one(tmp_path: Path) -> None:
    hashes = dbt_run.node_hashes(project(tmp_path))
    assert list(hashes) == ["macro.adoption", "model.adoption.dim_tool", "seed.adoption.tools"]
    assert hashes["model.adoption.dim_tool"] == hashlib.sha256(b"select 1").hexdigest()


def test_only_what_changed_has_another_hash(tmp_path: Path) -> None:
    before = dbt_run.node_hashes(project(tmp_path / "a"))
    changed_model = dbt_run.node_hashes(project(tmp_path / "b", model="select 2"))
    changed_macro = dbt_run.node_hashes(project(tmp_path / "c", macro="{# new #}"))
    assert {name for name in before if before[name] != changed_model[name]} == {"model.adoption.dim_tool"}
    assert {name for name in before if before[name] != changed_macro[name]} == {"macro.adoption"}


def test_the_feeds_that_models_read_are_known(tmp_path: Path) -> None:
    model = (
        "{{ landed_records('a_b', 'c', touched_only=true) }} {{ landed_records(\n    'd', 'e') }} ('f', 'g')"
    )
    assert dbt_run.read_feeds(project(tmp_path, model=model)) == {("a_b", "c"), ("d", "e")}
    assert ("claude_code", "usage_report") in dbt_run.read_feeds()


def test_environment_names_the_home_and_switches_telemetry_off(tmp_path: Path) -> None:
    settings = Settings(duckdb_threads=3, duckdb_memory_limit="2GB")
    found = dbt_run.dbt_environment(Home(tmp_path), settings, tmp_path / "key")
    assert found["ADOPTION_DBT_SCRATCH"] == str(tmp_path / "work" / "scratch.duckdb")
    assert found["ADOPTION_DBT_CANDIDATE"] == str(tmp_path / "work" / "candidate")
    assert found["ADOPTION_DBT_KEY"] == str(tmp_path / "key")
    assert (found["ADOPTION_DBT_THREADS"], found["ADOPTION_DBT_MEMORY"]) == ("3", "2GB")
    assert found["DBT_TARGET_PATH"] == str(tmp_path / "dagster" / "dbt_target")
    assert (found["DBT_SEND_ANONYMOUS_USAGE_STATS"], found["DO_NOT_TRACK"]) == ("false", "1")


def test_environment_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADOPTION_TEST_KEPT", "before")
    monkeypatch.delenv("ADOPTION_TEST_NEW", raising=False)
    with dbt_run.applied_environment({"ADOPTION_TEST_KEPT": "in", "ADOPTION_TEST_NEW": "in"}):
        assert os.environ["ADOPTION_TEST_NEW"] == "in"
    assert os.environ["ADOPTION_TEST_KEPT"] == "before"
    assert "ADOPTION_TEST_NEW" not in os.environ


def run_results(*results: tuple[str, str]) -> dict[str, object]:
    return {
        "results": [
            {"unique_id": unique_id, "status": status, "message": "value 4711"}
            for unique_id, status in results
        ]
    }


def test_failed_models_and_tests_are_named_and_skipped_ones_are_not() -> None:
    results = run_results(
        ("model.adoption.dim_tool", "success"),
        ("model.adoption.fct_a", "error"),
        ("test.adoption.unique_fct_a_key.0a1b", "fail"),
        ("model.adoption.fct_b", "skipped"),
    )
    assert dbt_run.failed_nodes(results) == ["fct_a", "unique_fct_a_key"]


def test_a_failed_build_names_nodes_and_log_but_no_value(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.dbt_target.mkdir(parents=True)
    (home.dbt_target / "run_results.json").write_text(
        json.dumps(run_results(("model.adoption.fct_a", "error")))
    )
    with pytest.raises(RunFailed) as caught:
        dbt_run.check_results(home, 1)
    assert "fct_a" in str(caught.value)
    assert str(home.dbt_target / "dbt.log") in str(caught.value)
    assert "4711" not in str(caught.value)


NODES = {
    "seed.adoption.tools": {"resource_type": "seed", "config": {"materialized": "seed"}},
    "model.adoption.dim_a": {"resource_type": "model", "config": {"materialized": "table"}},
    "model.adoption.int_b": {"resource_type": "model", "config": {"materialized": "ephemeral"}},
    "test.adoption.of_a.01": {
        "resource_type": "test",
        "config": {"materialized": "test"},
        "depends_on": {"nodes": ["model.adoption.dim_a", "seed.adoption.tools"]},
    },
    "test.adoption.of_tools.02": {
        "resource_type": "test",
        "config": {"materialized": "test"},
        "depends_on": {"nodes": ["seed.adoption.tools"]},
    },
}
WHOLE = (
    ("seed.adoption.tools", "success"),
    ("model.adoption.dim_a", "success"),
    ("test.adoption.of_a.01", "warn"),
)


@pytest.mark.parametrize(
    ("results", "is_full_rebuild", "missing"),
    [
        (WHOLE, False, None),
        ((*WHOLE, ("test.adoption.of_tools.02", "pass")), True, None),
        (WHOLE, True, "1 models, seeds or tests (of_tools "),
        (WHOLE[:2], False, "1 models, seeds or tests (of_a "),
        (WHOLE[1:], False, "1 models, seeds or tests (tools "),
        ((*WHOLE[:2], ("test.adoption.of_a.01", "skipped")), False, "1 models, seeds or tests (of_a "),
        ((), False, "3 models, seeds or tests (dim_a "),
        (None, False, "3 models, seeds or tests (dim_a "),
    ],
)
def test_a_build_that_left_something_out_is_refused(
    tmp_path: Path, results: tuple[tuple[str, str], ...] | None, is_full_rebuild: bool, missing: str | None
) -> None:
    home = Home(tmp_path)
    home.dbt_target.mkdir(parents=True)
    (home.dbt_target / "run_results.json").write_text("of an earlier run")
    dbt_run.forget_results(home)
    if results is not None:
        (home.dbt_target / "run_results.json").write_text(json.dumps(run_results(*results)))
    refused = (
        contextlib.nullcontext() if missing is None else pytest.raises(RunFailed, match=re.escape(missing))
    )
    with refused:
        dbt_run.check_complete(home, {"nodes": NODES}, is_full_rebuild=is_full_rebuild)


def test_a_build_that_never_started_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="before it built anything"):
        dbt_run.check_results(Home(tmp_path), 2)


def test_a_build_that_succeeded_raises_nothing(tmp_path: Path) -> None:
    dbt_run.check_results(Home(tmp_path), 0)
