"""Person x week figures as columns, drawn or taken from `vivainsights`, with what is known of each week.

Only input belongs here: nothing is classified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONDAY = date(2024, 1, 8)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class PersonWeeks:
    """Equally long columns, one row per person and week of employment.

    `week` counts from 0; `is_expected` is false in a week of leave; in an `is_missing` week no feed arrived.
    """

    person: NDArray[np.int64]
    week: NDArray[np.int64]
    actions: NDArray[np.int64]
    is_expected: NDArray[np.bool_]
    is_missing: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)


def observed(person: NDArray[np.int64], week: NDArray[np.int64], actions: NDArray[np.int64]) -> PersonWeeks:
    """Weeks that were all worked and all observed."""
    return PersonWeeks(person, week, actions, np.ones(len(person), bool), np.zeros(len(person), bool))


def drawn(people: int, weeks: int, seed: int) -> PersonWeeks:
    """A complete grid: people who hardly use it, habitual ones of very different sizes, and bursty ones."""
    generator = np.random.default_rng(seed)
    kind = generator.choice(3, people, p=[0.35, 0.40, 0.25])[:, None]
    present = generator.random((people, weeks))
    seldom = generator.poisson(0.3, (people, weeks)) * (present < 0.3)
    size = generator.gamma(2, 8, (people, 1))
    habitual = generator.poisson(size, (people, weeks)) * (present < 0.93)
    bursty = generator.poisson(60, (people, weeks)) * (present < 0.08)
    actions = np.where(kind == 0, seldom, np.where(kind == 1, habitual, bursty)).astype(np.int64)
    return observed(np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people), actions.ravel())


def frame(rows: PersonWeeks) -> Any:
    """The same weeks as `identify_usage_segments` takes them: weeks without a row are weeks without work."""
    import pandas as pd

    held = rows.is_expected
    actions = rows.actions[held].astype(np.float64 if rows.is_missing.any() else np.int64)
    if rows.is_missing.any():
        actions[rows.is_missing[held]] = np.nan
    return pd.DataFrame(
        {
            "PersonId": rows.person[held],
            "MetricDate": pd.Timestamp(MONDAY) + pd.to_timedelta(rows.week[held] * 7, unit="D"),
            "actions": actions,
        }
    )
