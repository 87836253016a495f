"""Run as a process of its own by test_gate_bypass.py: parts of the night as somebody starts them in Dagster.

What they may leave is asserted there.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import dagster as dg

from orchestration.definitions import build_definitions
from orchestration.graph import instance
from orchestration.graph.assets import AUDIT
from orchestration.graph.lineage import PUBLISHED, RUN_SCOPE
from orchestration.home import Home
from orchestration.nightly import NightlyRun
from orchestration.settings import default_home, load_settings

MODELS = (["staging", "stg_hr__org_unit"], ["seeds", "usage_modes"], ["marts", "dim_usage_mode"])
GATE = dg.AssetSelection.assets(RUN_SCOPE, AUDIT, PUBLISHED)
SELECTIONS = {
    # What a retry of a held run starts again: the step that failed, and those after it.
    "failed_steps": dg.AssetSelection.assets(AUDIT, PUBLISHED),
    "publish_alone": dg.AssetSelection.assets(PUBLISHED),
    "no_dbt": GATE,
    "few_models": GATE | dg.AssetSelection.assets(*MODELS),
    # Dagster itself does not let go of the checks of the gate: they are one step with the audit.
    "no_dbt_tests": dg.AssetSelection.all().without_checks() | dg.AssetSelection.checks_for_assets(AUDIT),
}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def definitions() -> dg.Definitions:
    """The graph of the home in ADOPTION_HOME, with a job for each part."""
    home = Home(default_home())
    whole = build_definitions(NightlyRun(home, load_settings(home.root)))
    parts = [
        dg.define_asset_job(name, selection, executor_def=dg.in_process_executor)
        for name, selection in SELECTIONS.items()
    ]
    return dg.Definitions.merge(whole, dg.Definitions(jobs=parts))


def main(home: str, what: str, day: str) -> int:
    """Says of each step that failed what it failed of; 1 if one did."""
    warnings.simplefilter("ignore")
    instance.prepare(Home(Path(home)))
    with instance.open_instance(Home(Path(home))) as opened:
        events = (
            definitions()
            .resolve_job_def(what)
            .execute_in_process(instance=opened, partition_key=day, run_config=QUIET, raise_on_error=False)
            .all_events
        )
    failures = [event.step_failure_data.error for event in events if event.is_step_failure]
    for error in failures:
        print(error.message if error else "", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
