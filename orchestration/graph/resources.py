"""What the steps of a Dagster run share: the run lock with the state of the run, and dbt.

Only how steps get hold of these belongs here; what they do with them belongs to assets.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
from packaging import version

from orchestration.errors import AdoptionError
from orchestration.graph.slim_dagster_dbt import DbtCliResource
from orchestration.home import PROJECT_ROOT
from orchestration.transformation import dbt_run

if TYPE_CHECKING:
    from orchestration.nightly import NightlyRun


class DbtProcess(DbtCliResource):
    """dbt as a subprocess that dies with this process.

    The two overrides keep dagster-dbt from asking `dbt --version` over the network (3 s a run), and from
    opening
    an adapter inside this process, which would keep the candidate attached while it is published.
    """

    @cached_property
    def _cli_version(self) -> version.Version:
        return version.parse(installed_version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> Any:
        return None


def dbt_resource() -> DbtProcess:
    """dbt over this project, with the flags of every call."""
    executable, *flags = dbt_run.executable_prefix()
    return DbtProcess(project_dir=str(PROJECT_ROOT), dbt_executable=executable, global_config_flags=flags)


def run_resource(run: NightlyRun) -> dg.ResourceDefinition:
    """The state of the run, held together with the lock of the home from the first step to the last.

    A second run fails at once; Dagster's executor is in-process, so the resource lives as long as the run.
    """

    @dg.resource(description="The run lock of the home, and what the stages hand to each other.")
    def locked_run(context: dg.InitResourceContext) -> Iterator[NightlyRun]:
        from orchestration.alerting import alerts
        from orchestration.lock import run_lock

        run.run_id = cast(str, context.run_id)
        try:
            with run_lock(run.home, run.run_id):
                alerts.run_begins(run)
                end_dead_runs(context.instance, run.run_id)
                try:
                    yield run
                finally:
                    alerts.run_is_over(run.home)
        except AdoptionError as error:
            run.failure = error
            raise
        finally:
            alerts.run_ends(run)

    return locked_run


def end_dead_runs(instance: dg.DagsterInstance | None, own_run_id: str) -> None:
    """Record as failed what Dagster still shows as started: whoever holds the lock knows that nobody else
    runs.
    """
    if instance is None:
        return
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for dead in instance.get_runs(filters=started):
        if dead.run_id != own_run_id:
            instance.report_run_failed(dead, message="The process of this run ended without a word.")
