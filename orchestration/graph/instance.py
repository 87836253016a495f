"""Dagster's own state in `<home>/dagster`: its dagster.yaml, and the instance that records every run.

What the settings are for stands beside each of them; nothing of the warehouse itself lies here.
"""

from __future__ import annotations

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
  free_slots_after_run_end_seconds: 300

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


def prepare(home: Home) -> None:
    """Create `<home>/dagster` with its dagster.yaml, and point DAGSTER_HOME and the telemetry switches at
    it.
    """
    config = home.dagster / "dagster.yaml"
    with durable.disk_errors(f"Preparing {home.dagster}"):
        home.dagster.mkdir(parents=True, exist_ok=True)
        if not config.exists():
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

    prepare(home)
    _write_history_without_waiting()
    return dg.DagsterInstance.from_config(str(home.dagster.absolute()))


def _write_history_without_waiting() -> None:
    """Spare an fsync for each of the hundreds of events Dagster stores a night (measured: 11 s against 2.7
    s for 260
    on a busy disk). Its history may lose its end in a power cut; ledger and generations are synced by
    themselves.
    """
    from sqlalchemy import event
    from sqlalchemy.pool import Pool

    if not event.contains(Pool, "connect", _do_not_sync):
        event.listen(Pool, "connect", _do_not_sync)


def _do_not_sync(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
