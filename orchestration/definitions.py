"""Assembles the Dagster code location, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.graph import assets, jobs, partitions, resources, schedules, sensors
from orchestration.home import Home
from orchestration.nightly import NightlyRun
from orchestration.settings import default_home, load_settings
from orchestration.transformation import dbt_run


def build_definitions(
    run: NightlyRun,
    *,
    manifest: Mapping[str, Any] | None = None,
    replacements: Mapping[str, Any] | None = None,
) -> dg.Definitions:
    """The whole graph for one home; `manifest` and `replacements` (resources by name) are for tests.

    Parses the dbt project first when its manifest is missing or stale; raises RunFailed when it does not
    parse.
    """
    if manifest is None:
        manifest = json.loads(dbt_run.ensure_manifest(run.home).read_bytes())
    daily = partitions.daily_partitions(run.settings)
    shared = {"run": resources.run_resource(run), "dbt": resources.dbt_resource()}
    return dg.Definitions(
        assets=assets.all_assets(manifest, daily),
        jobs=[jobs.nightly_job()],
        schedules=[schedules.nightly_schedule(run.settings)],
        sensors=[sensors.new_deliveries_sensor(run.home, run.settings)],
        resources=shared | dict(replacements or {}),
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads, for the home in ADOPTION_HOME."""
    root = default_home()
    return build_definitions(NightlyRun(Home(root), load_settings(root)))
