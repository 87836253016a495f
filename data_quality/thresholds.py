"""The thresholds of the gate, read from `ops.gate_threshold` of the candidate.

Their values belong to the seed dbt_project/seeds/gate/gate_thresholds.csv, each with a reason and a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestration.errors import RunFailed

SEED = "dbt_project/seeds/gate/gate_thresholds.csv"


@dataclass(frozen=True)
class Thresholds:
    """All thresholds in force, by check and threshold name."""

    values: Mapping[tuple[str, str], float]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, float]]) -> Thresholds:
        """Thresholds from (check_name, threshold_name, threshold_value); later rows replace earlier ones."""
        return cls({(check, name): float(value) for check, name, value in rows if value is not None})

    def of(self, check_name: str) -> CheckThresholds:
        """The thresholds of one check."""
        return CheckThresholds(check_name, self)


@dataclass(frozen=True)
class CheckThresholds:
    """The thresholds of one check, by name."""

    check_name: str
    thresholds: Thresholds

    def __getitem__(self, threshold_name: str) -> float:
        """The value in the threshold's own unit; raises RunFailed naming a threshold that is not there."""
        try:
            return self.thresholds.values[self.check_name, threshold_name]
        except KeyError:
            raise RunFailed(
                f"Threshold {threshold_name} of check {self.check_name} is missing from ops.gate_threshold; "
                f"add its row to {SEED} and run again."
            ) from None
