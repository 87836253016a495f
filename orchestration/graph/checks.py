"""The checks of the gate as Dagster asset checks: their specs, and their results without any value of a
record.

What is checked belongs to data_quality/; what a failure does belongs to the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import dagster as dg

from data_quality.catalogue import CHECKS, CheckSpec

if TYPE_CHECKING:
    from orchestration.publishing.verdict import CheckResult


def check_specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """One spec per check of the gate, on the asset of the audit."""
    return [
        dg.AssetCheckSpec(name=check.name, asset=asset, description=_description(check)) for check in CHECKS
    ]


def check_results(checks: Iterable[CheckResult]) -> Iterator[dg.AssetCheckResult]:
    """The results for Dagster. A check without history to judge by passes with the words `not evaluated`."""
    for check in checks:
        yield dg.AssetCheckResult(
            check_name=check.check_name,
            passed=check.outcome != "failed",
            severity=dg.AssetCheckSeverity.ERROR
            if check.severity == "blocking"
            else dg.AssetCheckSeverity.WARN,
            description=check.message,
            metadata={"outcome": check.outcome, "suite": check.suite, "observed": check.observed or ""},
        )


def _description(check: CheckSpec) -> str:
    return f"{check.description} ({check.suite}, {check.severity})"
