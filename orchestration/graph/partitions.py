"""The daily partitions of the warehouse and what a run's partition says about the dates it is for.

Which dates a run rebuilds is decided in run_scope.py: a night also builds late and missing dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from orchestration.settings import Settings

FORCED_TAG = "adoption/forced"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
PARTITION_TAG = "dagster/partition"


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition per UTC date, the vendors' day, from the earliest date of the installation to
    yesterday.
    """
    return dg.DailyPartitionsDefinition(start_date=settings.earliest_date.isoformat(), timezone="UTC")


def run_dates(tags: Mapping[str, str]) -> tuple[date | None, tuple[date, date] | None]:
    """From the tags of a run: the date it is for (None: the default date) and the range it must rebuild (a
    backfill).
    """
    if RANGE_START_TAG in tags and RANGE_END_TAG in tags:
        first, last = date.fromisoformat(tags[RANGE_START_TAG]), date.fromisoformat(tags[RANGE_END_TAG])
        return last, (first, last)
    wanted = date.fromisoformat(tags[PARTITION_TAG]) if PARTITION_TAG in tags else None
    return wanted, (wanted, wanted) if wanted and FORCED_TAG in tags else None
