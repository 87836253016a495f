"""The watch between nights: asks Dagster for a run when something waits.

What waits is found out in waiting.py; what a run builds is decided in run_scope.py.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.graph.jobs import NIGHTLY
from orchestration.transformation import run_scope
from orchestration.waiting import what_waits

if TYPE_CHECKING:
    from orchestration.home import Home
    from orchestration.settings import Settings


def new_deliveries_sensor(home: Home, settings: Settings) -> dg.SensorDefinition:
    """Requests one run for each new state of things waiting: late deliveries, new files, dates missed in
    downtime.
    """

    @dg.sensor(
        name="new_deliveries",
        job_name=NIGHTLY,
        minimum_interval_seconds=600,
        description="Late deliveries and dates missed in downtime. Off until it is switched on here.",
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        now = datetime.now(UTC)
        waiting = what_waits(home, settings, now)
        if waiting is None:
            return dg.SkipReason("There is no generation yet; start the first night with `adoption nightly`.")
        if not waiting.is_any or waiting.cursor == context.cursor:
            return dg.SkipReason("Nothing new waits.")
        day = run_scope.default_date(now, settings.zone)
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=waiting.cursor, partition_key=day.isoformat())],
            cursor=waiting.cursor,
        )

    return watch
