"""Starts the Dagster job in this process for the command line, and turns its outcome into our errors.

What the job does belongs to assets.py; what is printed afterwards to report.py.
"""

from __future__ import annotations

import functools
import logging
import os
import time
import warnings
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

from orchestration import full_disk, lock, nightly, run_log, waiting
from orchestration.errors import AdoptionError, RunFailed
from orchestration.graph import instance
from orchestration.pulling import access
from orchestration.tiers import refusals
from orchestration.transformation import run_basis, run_scope
from orchestration.transformation.waiting_dbt import waiting_dbt

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.nightly import NightlyRun

# Says that a check gave no result whenever a run has nothing to build.
_SKIPPED_CHECKS = "dagster._core.execution.plan.active"

_INTERRUPTION = "DagsterExecutionInterruptedError"

# Dagster's own console lines stay in its event log; the terminal shows ours.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def check_before(run: NightlyRun, wanted: date | None) -> date:
    """What can be refused before seconds of start-up; the date the run is for.

    Raises PoliciesRefused for the seeds of the tiers, WrongUse for the date or for how a source is to be
    pulled, RunFailed without an inbox, Busy while another run is at work.
    """
    refusals.checked_policies()
    access.check(run.settings, os.environ)
    requested = run_scope.requested_date(
        wanted, run.started_at, run.settings.zone, run_basis.bounds(run.settings)
    )
    if not run.home.inbox.is_dir():
        raise RunFailed(
            f"The inbox {run.home.inbox} does not exist; create it with the vendors' files under "
            "inbox/<source>/<feed>/, point --home to the right place, or try `adoption sample` first."
        )
    with lock.run_lock(run.home, "start-up"):
        pass  # free now; the run takes it for good, and finds out again whether it is
    return requested


def execute(run: NightlyRun, requested: date, forced: tuple[date, date] | None = None) -> None:
    """Run the job `nightly` for a date, or as one backfill over the forced range.

    Raises the AdoptionError a stage ended with, KeyboardInterrupt for a run that was told to stop, and
    anything unexpected as RunFailed that names its log.
    """
    start = time.monotonic()
    warnings.simplefilter("ignore")  # beta notices of libraries are no business of whoever runs a night
    logging.getLogger(_SKIPPED_CHECKS).setLevel(logging.ERROR)
    try:
        with ExitStack() as stack:
            result = _execute_job(run, requested, forced, stack)
        succeeded = result.success
    except AdoptionError:
        raise
    except Exception as error:
        if run.failure is None:
            log = run_log.log_unexpected(run.home, error)
            what = full_disk.explain(run.home, "The run", error) or (
                f"The run stopped on an unexpected {type(error).__name__}; {log} says where."
            )
            run.failure = RunFailed(f"{what} {run.outcome}")
        raise run.failure from None
    finally:
        run.seconds["total"] = time.monotonic() - start
    if run.failure is not None:
        raise run.failure
    if _is_interrupted(result):
        raise KeyboardInterrupt
    if not succeeded:
        raise RunFailed(
            "The run failed outside its stages; `adoption ui` shows the run. The published "
            "generation is as it was."
        )


def _execute_job(
    run: NightlyRun, requested: date, forced: tuple[date, date] | None, stack: ExitStack
) -> dg.ExecuteInProcessResult:
    """The result of the night. Where no work is expected, the steps that find out are run alone first: a
    run of all of them would show every check as skipped, and no longer as it was when something was built.
    """
    start = time.monotonic()
    nightly.note_project(run)  # before dbt reads it
    is_expected = forced is not None or waiting.is_work_expected(run, requested)
    if is_expected:
        run.waiting_dbt = stack.enter_context(waiting_dbt(run.home))

    from orchestration import definitions
    from orchestration.graph import jobs, lineage, partitions

    tags: dict[str, str] = {}
    if forced:
        tags = {
            partitions.RANGE_START_TAG: forced[0].isoformat(),
            partitions.RANGE_END_TAG: forced[1].isoformat(),
        }
    dagster_instance = stack.enter_context(instance.open_instance(run.home))
    night = functools.partial(
        definitions.build_definitions(run).resolve_job_def(jobs.NIGHTLY).execute_in_process,
        instance=dagster_instance,
        partition_key=None if forced else requested.isoformat(),
        tags=tags,
        run_config=_QUIET,
        raise_on_error=False,
    )
    run.seconds["start-up"] = time.monotonic() - start
    if not is_expected:
        look = night(asset_selection=lineage.steps_before_dbt())
        if not look.success or run.scope is None or not run.scope.is_due:
            return look
    return night()


def _is_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether the run was told to stop, by a signal to its process."""
    failures = [event.job_failure_data.error for event in result.all_events if event.is_job_failure]
    return any(error is not None and error.cls_name == _INTERRUPTION for error in failures)
