"""The gate before publishing: audits a closed candidate and keeps what it found.

Assembles claims and judgements, nothing else. Whether a candidate may be published is decided from these
results by orchestration/publishing/verdict.py and publication.py.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data_quality.catalogue import CHECKS, CheckSpec, Severity
from data_quality.claims import agreements, contract, drift, feeds, people, ranges, shares, volumes
from data_quality.frames import CandidateReader, open_candidate
from data_quality.suites import Claim, Judge, breaking_rows, expectation_floor, suite_of
from data_quality.thresholds import CheckThresholds
from orchestration.errors import RunFailed
from orchestration.home import EMPLOYEE_FILE
from orchestration.publishing.verdict import CheckResult

NO_HISTORY = "not evaluated: no history"

ClaimFunction = Callable[[CandidateReader, CheckThresholds], Claim | None]

CLAIMS: dict[str, ClaimFunction] = {
    "published_tables_exist": contract.published_tables_exist,
    "published_columns_exist": contract.published_columns_exist,
    "published_tables_have_rows": contract.published_tables_have_rows,
    "volume_follows_same_weekday": volumes.volume_follows_same_weekday,
    "figures_follow_their_usual": drift.figures_follow_their_usual,
    "required_values_are_present": ranges.required_values_are_present,
    "fractions_are_fractions": ranges.fractions_are_fractions,
    "counts_are_not_negative": ranges.counts_are_not_negative,
    "costs_are_not_negative": ranges.costs_are_not_negative,
    "codes_are_in_their_sets": ranges.codes_are_in_their_sets,
    "prompts_are_plausible": ranges.prompts_are_plausible,
    "dates_are_not_after_as_of": ranges.dates_are_not_after_as_of,
    "engagement_covers_everyone": people.engagement_covers_everyone,
    "tiers_cover_everyone": people.tiers_cover_everyone,
    "headcount_is_not_down": people.headcount_is_not_down,
    "feeds_are_fresh": feeds.feeds_are_fresh,
    "reconciliation_break_is_zero": feeds.reconciliation_break_is_zero,
    "landed_records_are_reconciled": feeds.landed_records_are_reconciled,
    "rejected_share_is_low": shares.rejected_share_is_low,
    "unresolved_share_has_not_jumped": shares.unresolved_share_has_not_jumped,
    "unresolved_share_is_low": shares.unresolved_share_is_low,
    "employee_rows_follow_agreements": agreements.employee_rows_follow_agreements,
    "employee_keys_are_known": agreements.employee_keys_are_known,
    "excluded_people_are_absent": agreements.excluded_people_are_absent,
    "managers_form_no_cycle": agreements.managers_form_no_cycle,
}


@dataclass(frozen=True)
class Unreadable:
    """Stands for a claim whose tables or columns could not be read."""

    kind: str


def warm_up() -> None:
    """Import Great Expectations and pandas, some 5 s; call it in a thread while something else is at work."""
    for name in ("great_expectations", "great_expectations.expectations"):
        importlib.import_module(name)


def audit(candidate: Path, scratch: Path, *, now: datetime) -> tuple[CheckResult, ...]:
    """One result per check of the catalogue, in its order, for the candidate of the run in `scratch`.
    `now` decides which thresholds are in force.

    Reads the files read-only and closes them before anything is judged. Raises RunFailed when a file cannot
    be opened or a threshold is missing; a check that cannot read its tables fails and blocks.
    """
    claims = read_claims(candidate, scratch, now=now)
    judge = Judge()
    return tuple(result_of(spec, claims[spec.name], judge) for spec in CHECKS)


def read_claims(candidate: Path, scratch: Path, *, now: datetime) -> dict[str, Claim | Unreadable | None]:
    """What each check asks of the candidate, by check name: None without history, Unreadable when a table or
    column it reads is not there. All files are closed again. Raises RunFailed as `audit` does."""
    with open_candidate(candidate, scratch) as reader:
        thresholds = reader.thresholds(now.date())
        return {spec.name: _claim(spec, reader, thresholds.of(spec.name)) for spec in CHECKS}


def record_results(
    candidate: Path, checks: Sequence[CheckResult], *, generation_number: int, decided_at: datetime
) -> None:
    """Write the results of one audit into `ops.gate_result` of the candidate, in place of an earlier audit of
    the same generation, and leave no write-ahead log. Raises RunFailed when the file cannot be written."""
    import duckdb

    database = candidate / EMPLOYEE_FILE
    rows = [
        (generation_number, c.suite, c.check_name, c.outcome, c.severity, c.observed, c.message, decided_at)
        for c in checks
    ]
    try:
        with duckdb.connect(str(database)) as connection:
            connection.execute("begin")
            connection.execute("delete from ops.gate_result where generation_number = ?", [generation_number])
            connection.executemany(
                "insert into ops.gate_result (generation_number, suite_name, check_name, outcome, severity, "
                "observed, message, decided_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            connection.execute("commit")
            connection.execute("checkpoint")
    except duckdb.Error as error:
        raise RunFailed(
            f"The results of the gate could not be written into ops.gate_result of {database} "
            f"({type(error).__name__}); see that nothing else has the file open, and run again."
        ) from None


def _claim(
    spec: CheckSpec, reader: CandidateReader, thresholds: CheckThresholds
) -> Claim | Unreadable | None:
    import duckdb

    try:
        return CLAIMS[spec.name](reader, thresholds)
    except duckdb.Error as error:  # its text may quote values: only its kind goes on
        return Unreadable(type(error).__name__)


def result_of(spec: CheckSpec, claim: Claim | Unreadable | None, judge: Judge) -> CheckResult:
    """The result of one check: not evaluated without history, else what Great Expectations says."""
    if claim is None:
        return CheckResult(
            suite=spec.suite,
            check_name=spec.name,
            outcome="not_evaluated",
            severity=spec.severity,
            observed=None,
            message=NO_HISTORY,
        )
    if isinstance(claim, Unreadable):
        return _failed(
            spec,
            "blocking",
            None,
            f"Check {spec.name} could not read its tables ({claim.kind}); see the results of suite contract.",
        )
    judgement = judge.judge(suite_of(spec, claim), claim.frame, expectation_floor(claim))
    if judgement.is_passed:
        return CheckResult(
            suite=spec.suite,
            check_name=spec.name,
            outcome="passed",
            severity=spec.severity,
            observed=f"0 of {len(claim.frame)} {claim.subjects} fail",
            message=spec.description,
        )
    broken = breaking_rows(claim) if judgement.is_sound else []
    if not broken:
        return _failed(
            spec,
            "blocking",
            None,
            f"Check {spec.name} could not be evaluated: its frame of {len(claim.frame)} {claim.subjects} "
            "lacks rows, columns or values.",
        )
    others = (
        f" {len(broken) - 1} more of {len(claim.frame)} {claim.subjects} fail." if len(broken) > 1 else ""
    )
    observed = f"{len(broken)} of {len(claim.frame)} {claim.subjects} fail"
    severity = judgement.severity or spec.severity
    return _failed(spec, severity, observed, claim.sentence(broken[0]) + others)


def _failed(spec: CheckSpec, severity: Severity, observed: str | None, message: str) -> CheckResult:
    return CheckResult(
        suite=spec.suite,
        check_name=spec.name,
        outcome="failed",
        severity=severity,
        observed=observed,
        message=message,
    )
