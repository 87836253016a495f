"""Dagster's own state in `<home>/dagster`: its dagster.yaml, and the instance that records every run.

What the settings are for stands beside each of them; nothing of the warehouse itself lies here.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from orchestration import durable

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.home import Home

DAGSTER_YAML = """\
# Written by adoption on first use; a changed copy is kept.
telemetry:
  enabled: false

# No invitation to a newsletter over the first page.
nux:
  enabled: false

# A dead run keeps a pool's slot for ever unless it is freed after its end; the run lock of the home stands
# behind.
concurrency:
  pools:
    default_limit: 1
  runs:
    max_concurrent_runs: 1

run_monitoring:
  enabled: true
  max_runtime_seconds: 14400
  # A run whose host is gone gives up its place within a minute of its longest time: one look ends the run,
  # the next frees its slot.
  poll_interval_seconds: 30
  free_slots_after_run_end_seconds: 10

# Only a run whose process died is worth repeating: refused files and held candidates stay what they are.
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false

# What steps print can hold more than it should; dbt's log lies in dbt_target/.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""

# What earlier versions wrote; an unchanged one gives way to this version's.
_FORMER_SHA256 = frozenset({"a800f169e7b5351d696cc5bf04e83fe1d06aa0445f07e2d07bc10c170590f52e"})


def prepare(home: Home) -> None:
    """Create `<home>/dagster` with its dagster.yaml, and point DAGSTER_HOME and the telemetry switches at
    it.
    """
    config = home.dagster / "dagster.yaml"
    with durable.disk_errors(f"Preparing {home.dagster}"):
        home.dagster.mkdir(parents=True, exist_ok=True)
        if not config.exists() or hashlib.sha256(config.read_bytes()).hexdigest() in _FORMER_SHA256:
            config.write_text(DAGSTER_YAML)
    os.environ |= {
        "DAGSTER_HOME": str(home.dagster.absolute()),
        "ADOPTION_HOME": str(home.root.absolute()),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance that records the runs of this home; close it with a `with` block."""
    import dagster as dg
    from dagster._core.instance import InstanceRef

    prepare(home)
    directory = str(home.dagster.absolute())
    is_ours = (home.dagster / "dagster.yaml").read_text() == DAGSTER_YAML
    return dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(directory, overrides=_run_storage(directory) if is_ours else {})
    )


def _run_storage(directory: str) -> dict[str, Any]:
    """The event log of runs of this process, in the files where Dagster's own would be."""
    return {
        "event_log_storage": {
            "module": "orchestration.graph.event_log",
            "class": "RunEventLog",
            "config": {"base_dir": f"{directory}/history/runs"},
        }
    }
