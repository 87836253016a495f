"""Great Expectations: a claim about a frame of metrics becomes a suite, and the suite's result a judgement.

Great Expectations passes on nothing (no expectation, no row, only NULLs), so every suite states how many rows
and expectations it must see. Which metrics there are belongs to claims/.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_quality.catalogue import CheckSpec, Severity

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

# The frame's own shape is always critical: a warning that could not be evaluated is no warning but a hole.
EXPECTATION_SEVERITY: dict[Severity, str] = {"blocking": "critical", "warning": "warning"}
RESULT_SEVERITY: dict[str, Severity] = {"critical": "blocking", "warning": "warning"}

SUBJECT = "subject"


@dataclass(frozen=True)
class Bound:
    """A metric lies between `lowest` and `highest`, both allowed; where `only_above` names a second metric
    and a value, only in rows in which that metric is above it."""

    metric: str
    lowest: float | None = None
    highest: float | None = None
    only_above: tuple[str, float] | None = None


@dataclass(frozen=True)
class Claim:
    """A claim about a frame with one row per subject (a feed, date, table or tool) and its metrics.

    `sentence` words a row that breaks a bound; `subjects` is what rows are, in the plural.
    """

    frame: pd.DataFrame
    metrics: tuple[str, ...]
    bounds: tuple[Bound, ...]
    subjects: str
    sentence: Callable[[Mapping[str, Any]], str]
    fewest_rows: int = 1


@dataclass(frozen=True)
class Judgement:
    """What Great Expectations said; `is_sound` is False when it evaluated too little to say anything."""

    is_passed: bool
    is_sound: bool
    severity: Severity | None


def expectation_floor(claim: Claim) -> int:
    """How many expectations the suite of a claim must evaluate: 4 on the shape, 1 per metric, 1 per bound."""
    return 4 + len(claim.metrics) + max(1, len(claim.bounds))


def suite_of(spec: CheckSpec, claim: Claim) -> ExpectationSuite:
    """The suite of a claim: exact columns, row floor, unique subject, a not-null twin per metric, bounds."""
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.core.expect_column_values_to_be_unique import (
        ExpectColumnValuesToBeUnique,
    )
    from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
        ExpectColumnValuesToNotBeNull,
    )
    from great_expectations.expectations.core.expect_table_columns_to_match_ordered_list import (
        ExpectTableColumnsToMatchOrderedList,
    )
    from great_expectations.expectations.core.expect_table_row_count_to_be_between import (
        ExpectTableRowCountToBeBetween,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity
    from great_expectations.expectations.row_conditions import Column

    expectations: list[Expectation] = [
        ExpectTableColumnsToMatchOrderedList(column_list=[SUBJECT, *claim.metrics]),
        ExpectTableRowCountToBeBetween(min_value=max(1, claim.fewest_rows)),
        ExpectColumnValuesToNotBeNull(column=SUBJECT),
        ExpectColumnValuesToBeUnique(column=SUBJECT),
    ]
    expectations += [ExpectColumnValuesToNotBeNull(column=metric) for metric in claim.metrics]
    expectations += [
        ExpectColumnValuesToBeBetween(
            column=bound.metric,
            min_value=bound.lowest,
            max_value=bound.highest,
            row_condition=Column(bound.only_above[0]) > bound.only_above[1] if bound.only_above else None,
            severity=FailureSeverity(EXPECTATION_SEVERITY[spec.severity]),
        )
        for bound in claim.bounds
    ]
    return ExpectationSuite(name=f"{spec.suite}.{spec.name}", expectations=expectations)


class Judge:
    """One Great Expectations context that keeps nothing: no store, no Data Docs, no values in results."""

    def __init__(self) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(enable=False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        frames = context.data_sources.add_pandas("candidate").add_dataframe_asset("frame")
        self._frames = frames.add_batch_definition_whole_dataframe("whole")

    def judge(self, suite: ExpectationSuite, frame: pd.DataFrame, floor: int) -> Judgement:
        """The judgement of a suite on a frame; not sound when fewer than `floor` expectations were evaluated,
        when one raised, or when the frame is empty. Never raises, and keeps no text of an exception."""
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", category=DeprecationWarning, module="great_expectations")
                batch = self._frames.get_batch({"dataframe": frame})
                result = batch.validate(suite, result_format="BOOLEAN_ONLY")
            if frame.empty or len(result.results) < floor or any(map(_raised, result.results)):
                return _NOT_SOUND
            worst = result.get_max_severity_failure()
            severity = None if worst is None else RESULT_SEVERITY[worst.value]
            return Judgement(bool(result.success), is_sound=True, severity=severity)
        except Exception:  # an engine that breaks has judged nothing, whatever it broke with
            return _NOT_SOUND


_NOT_SOUND = Judgement(is_passed=False, is_sound=False, severity="blocking")


def _raised(result: Any) -> bool:
    # exception_info is one flat mapping when nothing raised, and one mapping per metric when something did
    return bool(result.exception_info.get("raised_exception", True))


def breaking_rows(claim: Claim) -> list[Mapping[str, Any]]:
    """The rows of the claim's frame outside a bound, in the frame's order (worst first), for the message."""
    import pandas as pd

    broken = pd.Series(False, index=claim.frame.index)
    for bound in claim.bounds:
        values = claim.frame[bound.metric]
        outside = pd.Series(False, index=claim.frame.index)
        if bound.lowest is not None:
            outside |= values < bound.lowest
        if bound.highest is not None:
            outside |= values > bound.highest
        if bound.only_above:
            outside &= claim.frame[bound.only_above[0]] > bound.only_above[1]
        broken |= outside
    return [
        dict(zip(claim.frame.columns, row, strict=True))
        for row in claim.frame[broken].itertuples(index=False)
    ]
