"""The real graph of a night, built from a small stated manifest: keys, checks, job, schedule, sensor,
decisions.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._core.storage.tags import RETRY_STRATEGY_TAG

from data_quality.catalogue import CHECKS
from orchestration import waiting
from orchestration.definitions import build_definitions
from orchestration.graph import assets, instance, partitions
from orchestration.home import Home
from orchestration.nightly import NightlyRun
from orchestration.settings import Settings
from orchestration.transformation import dbt_run


def node(
    kind: str, name: str, folder: str, depends_on: list[str], database: str = "scratch"
) -> dict[str, Any]:
    extension = "csv" if kind == "seed" else "sql"
    return {
        "unique_id": f"{kind}.adoption.{name}",
        "resource_type": kind,
        "name": name,
        "alias": name,
        "package_name": "adoption",
        "fqn": ["adoption", folder, name],
        "database": database,
        "schema": "marts",
        "path": f"{folder}/{name}.{extension}",
        "original_file_path": f"dbt_project/{folder}/{name}.{extension}",
        "config": {"materialized": "table", "enabled": True, "tags": [], "meta": {}},
        "depends_on": {"nodes": depends_on, "macros": []},
        "columns": {},
        "description": "",
        "tags": [],
        "meta": {},
        "raw_code": "select 1",
        "checksum": {"name": "sha256", "checksum": "00"},
    }


def source(group: str, name: str) -> dict[str, Any]:
    return {
        "unique_id": f"source.adoption.{group}.{name}",
        "resource_type": "source",
        "source_name": group,
        "name": name,
        "identifier": name,
        "package_name": "adoption",
        "fqn": ["adoption", "staging", group, name],
        "database": "scratch",
        "schema": group,
        "path": "s.yml",
        "original_file_path": "dbt_project/models/staging/s.yml",
        "config": {"enabled": True},
        "columns": {},
        "description": "",
        "tags": [],
        "meta": {},
        "source_meta": {},
    }


def manifest() -> dict[str, Any]:
    sources = [
        source("landing", "claude_code__usage_report"),
        source("landing", "hr__workers"),
        source("run", "run_window"),
        source("run", "delivery"),
    ]
    nodes = [
        node("seed", "tools", "tools", []),
        node("model", "stg_a", "staging", [found["unique_id"] for found in sources]),
        node("model", "dim_tool", "marts", ["seed.adoption.tools", "model.adoption.stg_a"], "adoption"),
    ]
    exposure = {
        "unique_id": "exposure.adoption.dashboard",
        "name": "dashboard",
        "resource_type": "exposure",
        "package_name": "adoption",
        "fqn": ["adoption", "exposures", "dashboard"],
        "config": {"enabled": True},
        "description": "Weekly adoption",
        "depends_on": {"nodes": ["model.adoption.dim_tool"]},
    }
    named = {found["unique_id"]: found for found in nodes}
    return {
        "metadata": {"adapter_type": "duckdb", "project_name": "adoption"},
        "nodes": named,
        "sources": {found["unique_id"]: found for found in sources},
        "exposures": {exposure["unique_id"]: exposure},
        "metrics": {},
        "semantic_models": {},
        "saved_queries": {},
        "unit_tests": {},
        "selectors": {},
        "groups": {},
        "disabled": {},
        "macros": {},
        "docs": {},
        "parent_map": {found["unique_id"]: found["depends_on"]["nodes"] for found in nodes},
        "child_map": {},
    }


@pytest.fixture
def graph(tmp_path: Path) -> dg.Definitions:
    run = NightlyRun(Home(tmp_path), Settings(business_time_zone="Europe/Zurich"))
    return build_definitions(run, manifest=manifest())


def keys(graph: dg.Definitions) -> dict[str, set[str]]:
    found = graph.resolve_asset_graph()
    return {
        key.to_user_string(): {parent.to_user_string() for parent in found.get(key).parent_keys}
        for key in found.get_all_asset_keys()
    }


def test_lineage_runs_from_the_inbox_to_bi_in_one_graph(graph: dg.Definitions) -> None:
    assert keys(graph) == {
        "inbox/claude_code/usage_report": set(),
        "inbox/hr/workers": set(),
        "landing/claude_code/usage_report": {"inbox/claude_code/usage_report"},
        "landing/hr/workers": {"inbox/hr/workers"},
        "run/scope": {"landing/claude_code/usage_report", "landing/hr/workers"},
        "seeds/tools": set(),
        "staging/stg_a": {"landing/claude_code/usage_report", "landing/hr/workers", "run/scope"},
        "marts/dim_tool": {"seeds/tools", "staging/stg_a"},
        "audit": {"marts/dim_tool"},
        "published_generation": {"audit", "marts/dim_tool"},
        "bi/dashboard": {"marts/dim_tool", "published_generation"},
    }


def test_every_check_of_the_gate_is_an_asset_check_of_the_audit(graph: dg.Definitions) -> None:
    found = graph.resolve_asset_graph().asset_check_keys
    assert {(key.asset_key, key.name) for key in found} == {(assets.AUDIT, check.name) for check in CHECKS}


PRINT_GRAPH = """
import json, sys
from pathlib import Path
from orchestration.definitions import build_definitions
from orchestration.home import Home
from orchestration.nightly import NightlyRun
from orchestration.settings import Settings

graph = build_definitions(NightlyRun(Home(Path(sys.argv[1])), Settings())).resolve_asset_graph()
keys = [key.to_user_string() for key in graph.get_all_asset_keys()]
checks = [key.name for key in graph.asset_check_keys]
imported = [name for name in sys.modules if name.split(".")[0] in ("dbt", "dbt_common")]
print(json.dumps([keys, checks, imported]))
"""


def test_every_node_of_the_project_is_in_the_graph_and_dbt_is_not_imported(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", PRINT_GRAPH, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    keys, checks, imported = json.loads(found)
    nodes = json.loads(dbt_run.ensure_manifest(Home(tmp_path)).read_bytes())["nodes"].values()
    layers = {
        f"{node['fqn'][1]}/{node['name']}"
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    seeds = {f"seeds/{node['name']}" for node in nodes if node["resource_type"] == "seed"}
    others = ("inbox/", "landing/", "bi/", "run/", "audit", "published_generation")
    assert {key for key in keys if not key.startswith(others)} == layers | seeds
    assert {node["name"] for node in nodes if node.get("attached_node")} < set(checks)
    assert imported == []


def test_the_schedule_ticks_at_half_past_two_in_the_business_zone(graph: dg.Definitions) -> None:
    schedule = graph.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 2 * * *", "Europe/Zurich")
    assert schedule.job_name == "nightly"


def test_a_tick_asks_for_the_default_date(graph: dg.Definitions) -> None:
    # 02:30 in Zurich on the 10th is 01:30 UTC on the 10th: yesterday is the 9th in both
    at = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
    with dg.instance_for_test() as test_instance:
        context = dg.build_schedule_context(
            test_instance, scheduled_execution_time=at, repository_def=graph.get_repository_def()
        )
        data = graph.resolve_schedule_def("nightly_schedule").evaluate_tick(context)
    assert [request.partition_key for request in data.run_requests or []] == ["2026-03-09"]


def test_the_job_is_partitioned_by_utc_day_and_runs_in_process(graph: dg.Definitions) -> None:
    job = graph.resolve_job_def("nightly")
    assert job.executor_def is dg.in_process_executor
    daily = job.partitions_def
    assert isinstance(daily, dg.DailyPartitionsDefinition)
    assert daily.get_first_partition_key() == "2024-01-01"
    assert daily.timezone == "UTC"


def test_a_run_that_died_is_retried_from_its_first_step(graph: dg.Definitions) -> None:
    strategy = graph.resolve_job_def("nightly").tags[RETRY_STRATEGY_TAG]
    assert ReexecutionStrategy(strategy) is ReexecutionStrategy.ALL_STEPS


def test_the_sensor_watches_for_the_same_job(graph: dg.Definitions) -> None:
    assert graph.resolve_sensor_def("new_deliveries").job_name == "nightly"


def test_a_backfill_of_many_partitions_is_one_run(graph: dg.Definitions) -> None:
    found = graph.resolve_asset_graph()
    names = "landing/hr/workers run/scope staging/stg_a marts/dim_tool audit published_generation"
    for name in names.split():
        assert found.get(dg.AssetKey(name.split("/"))).backfill_policy == dg.BackfillPolicy.single_run()


def test_dates_are_kept_for_what_readers_see_and_not_for_tables_of_a_run(graph: dg.Definitions) -> None:
    found = graph.resolve_asset_graph()
    partitioned = {
        name: found.get(dg.AssetKey(name.split("/"))).partitions_def is not None
        for name in ("run/scope", "staging/stg_a", "marts/dim_tool", "published_generation")
    }
    assert partitioned == {
        "run/scope": True,
        "staging/stg_a": False,
        "marts/dim_tool": True,
        "published_generation": True,
    }


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (None, None)),
        ({"dagster/partition": "2026-03-30"}, (date(2026, 3, 30), None)),
        (
            {
                "dagster/asset_partition_range_start": "2026-03-01",
                "dagster/asset_partition_range_end": "2026-03-03",
            },
            (date(2026, 3, 3), (date(2026, 3, 1), date(2026, 3, 3))),
        ),
    ],
)
def test_the_tags_of_a_run_say_its_dates(tags: dict[str, str], expected: tuple[Any, Any]) -> None:
    assert partitions.run_dates(tags) == expected


def test_missing_dates_are_expected_minus_published() -> None:
    settings = Settings(business_time_zone="UTC")
    noon, early = (datetime(2026, 3, 10, hour, tzinfo=UTC) for hour in (12, 3))
    assert waiting.missing_dates(date(2026, 3, 7), noon, settings) == (date(2026, 3, 8), date(2026, 3, 9))
    # at 03:00 the night's own run may still be at work on the 9th
    assert waiting.missing_dates(date(2026, 3, 7), early, settings) == (date(2026, 3, 8),)
    assert waiting.missing_dates(date(2026, 3, 9), noon, settings) == ()


def test_one_state_of_waiting_things_asks_for_one_run() -> None:
    found = waiting.Waiting(("a",), ("hr/workers/x.csv",), ())
    assert found.cursor == waiting.Waiting(("a",), ("hr/workers/x.csv",), ()).cursor
    assert found.cursor != waiting.Waiting(("a", "b"), ("hr/workers/x.csv",), ()).cursor
    assert waiting.Waiting((), (), ()).cursor == ""


def test_only_files_never_landed_are_new() -> None:
    assert waiting.new_paths(["b", "a", "c"], ["c"]) == ("a", "b")


def test_dagster_yaml_holds_the_settings_that_keep_a_dead_run_from_blocking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DAGSTER_HOME", "ADOPTION_HOME"):
        monkeypatch.setenv(name, "set so that it is restored")
    home = Home(tmp_path)
    with instance.open_instance(home) as opened:
        assert opened.telemetry_enabled is False
        assert opened.run_monitoring_enabled
        assert opened.run_retries_enabled
    found = yaml.safe_load((home.dagster / "dagster.yaml").read_text())
    assert found["telemetry"] == {"enabled": False}
    assert found["concurrency"]["pools"]["default_limit"] == 1
    assert found["run_monitoring"]["max_runtime_seconds"] > 0
    assert found["run_monitoring"]["free_slots_after_run_end_seconds"] > 0
    assert found["run_retries"]["enabled"] is True


def test_importing_the_definitions_opens_no_file_of_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    import orchestration.definitions

    monkeypatch.setenv("ADOPTION_HOME", str(tmp_path / "none"))
    importlib.reload(orchestration.definitions)
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == "[]"
