"""The one job: everything from the inbox to the published generation, in one process."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

NIGHTLY = "nightly"


def nightly_job() -> UnresolvedAssetJobDefinition:
    """The job that the command line, the schedule, the sensor and backfills all run.

    Partitioned by date as its assets are. In-process, because the run lock and DuckDB both allow one writer.
    """
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        # A run whose process died is retried whole: steps hand on what only their own process holds.
        tags={"dagster/retry_strategy": "ALL_STEPS"},
        description="Land what is new, rebuild the dates it touches, audit the candidate, publish it.",
    )
