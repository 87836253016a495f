"""The nightly tick: 02:30 in the business time zone, for the default date of a night."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.graph.jobs import NIGHTLY
from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.settings import Settings

CRON = "30 2 * * *"


def nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Requests the run of the night. A missed tick loses nothing: the next run builds all missing dates."""

    @dg.schedule(
        name="nightly_schedule",
        job_name=NIGHTLY,
        cron_schedule=CRON,
        execution_timezone=settings.business_time_zone,
        description="The night: yesterday is built and published. Off until it is switched on here.",
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = run_scope.default_date(context.scheduled_execution_time or datetime.now(UTC), settings.zone)
        return dg.RunRequest(run_key=f"night-{day}", partition_key=day.isoformat())

    return tick
