"""Asks the package `vivainsights` for its usage segments. It changes the frame it is given, hence copies."""

from __future__ import annotations

import warnings
from typing import Any

from tests.benchmarks.person_weeks import MONDAY, PersonWeeks, frame

COLUMNS = {"viva_12w": "UsageSegments_12w", "viva_4w": "UsageSegments_4w"}

Segments = dict[tuple[int, int, str], str | None]


def classified(data: Any, metric: str = "actions") -> Any:
    """The package's own answer for a frame of PersonId, MetricDate and the metric; both presets at once."""
    import vivainsights

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vivainsights.identify_usage_segments(
            data.copy(), metric=metric, version="12w", return_type="data"
        )


def segments(rows: PersonWeeks) -> Segments:
    """(person, week, policy) to the package's segment, of the weeks it has a row for."""
    import pandas as pd

    found = classified(frame(rows))
    weeks = (found["MetricDate"] - pd.Timestamp(MONDAY)).dt.days // 7
    result: Segments = {}
    for policy, column in COLUMNS.items():
        for person, week, segment in zip(found["PersonId"], weeks, found[column], strict=True):
            result[int(person), int(week), policy] = None if pd.isna(segment) else str(segment)
    return result
