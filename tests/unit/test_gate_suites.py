"""Great Expectations passes on nothing; the gate must not (cases B12), and must keep no value (case S2)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pandas as pd
import pytest

from data_quality import gate
from data_quality.catalogue import CHECK_BY_NAME, CHECKS
from data_quality.suites import Bound, Claim, Judge, Judgement, expectation_floor, suite_of
from orchestration.home import PROJECT_ROOT
from tests.unit import gate_candidate as made

SPEC = CHECK_BY_NAME["rejected_share_is_low"]
WARNING = CHECK_BY_NAME["unresolved_share_is_low"]
NOT_SOUND = Judgement(is_passed=False, is_sound=False, severity="blocking")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


def claim_of(frame: pd.DataFrame, *bounds: Bound, fewest_rows: int = 1) -> Claim:
    return Claim(
        frame=frame,
        metrics=("share",),
        bounds=bounds or (Bound("share", 0, 0.5),),
        subjects="feeds",
        sentence=lambda row: str(row["subject"]),
        fewest_rows=fewest_rows,
    )


def frame_of(*shares: object) -> pd.DataFrame:
    return pd.DataFrame({"subject": [f"feed {n}" for n in range(len(shares))], "share": shares})


def judged(judge: Judge, claim: Claim, spec: object = SPEC) -> Judgement:
    assert spec in CHECKS
    return judge.judge(
        suite_of(SPEC if spec is SPEC else WARNING, claim), claim.frame, expectation_floor(claim)
    )


def test_a_sound_frame_passes(judge: Judge) -> None:
    assert judged(judge, claim_of(frame_of(0.0, 0.5))) == Judgement(True, is_sound=True, severity=None)


def test_a_value_outside_fails_with_the_severity_of_its_check(judge: Judge) -> None:
    claim = claim_of(frame_of(0.0, 0.6))

    assert judged(judge, claim) == Judgement(False, is_sound=True, severity="blocking")
    assert judged(judge, claim, WARNING) == Judgement(False, is_sound=True, severity="warning")


def test_a_bound_may_hold_only_where_another_metric_is_large(judge: Judge) -> None:
    frame = frame_of(0.6, 0.1).assign(records=[20, 21])
    claim = Claim(
        frame, ("share", "records"), (Bound("share", 0, 0.5, ("records", 20)),), "feeds", lambda _: ""
    )

    assert judged(judge, claim).is_passed
    frame.loc[0, "records"] = 21
    assert not judged(judge, claim).is_passed


def test_canary_empty_suite(judge: Judge) -> None:
    claim = claim_of(frame_of(0.1))
    suite = suite_of(SPEC, claim)
    suite.expectations = []

    assert judge.judge(suite, claim.frame, expectation_floor(claim)) == NOT_SOUND


def test_canary_claim_without_a_bound(judge: Judge) -> None:
    claim = Claim(frame_of(0.1), ("share",), (), "feeds", lambda _: "")

    assert judged(judge, claim) == NOT_SOUND


def test_canary_no_rows(judge: Judge) -> None:
    assert judged(judge, claim_of(frame_of())) == NOT_SOUND


def test_canary_fewer_rows_than_must_be_judged(judge: Judge) -> None:
    assert not judged(judge, claim_of(frame_of(0.1), fewest_rows=2)).is_passed


def test_canary_all_null_column(judge: Judge) -> None:
    assert not judged(judge, claim_of(frame_of(None, None)), WARNING).is_passed
    assert judged(judge, claim_of(frame_of(None, None)), WARNING).severity == "blocking"


def test_canary_missing_column(judge: Judge) -> None:
    assert judged(judge, claim_of(frame_of(0.1).drop(columns="share"))) == NOT_SOUND


def test_canary_repeated_subject(judge: Judge) -> None:
    assert not judged(judge, claim_of(pd.concat([frame_of(0.1), frame_of(0.2)]))).is_passed


@pytest.mark.parametrize(
    "broken", [lambda: frame_of("0.1", made.CANARY), lambda: "no frame at all"], ids=["values", "batch"]
)
def test_canary_broken_engine(
    judge: Judge, broken: Callable[[], pd.DataFrame], capfd: pytest.CaptureFixture[str]
) -> None:
    claim = claim_of(frame_of(0.1))

    assert judge.judge(suite_of(SPEC, claim), broken(), expectation_floor(claim)) == NOT_SOUND
    assert made.CANARY not in "".join(capfd.readouterr())


def test_check_names_are_unique_and_each_has_a_claim() -> None:
    names = [spec.name for spec in CHECKS]

    assert len(set(names)) == len(names)
    assert set(gate.CLAIMS) == set(names)


def test_the_catalogue_and_the_gate_import_nothing_slow() -> None:
    code = (
        "import sys, data_quality.catalogue, data_quality.gate;"
        "print([name for name in ('great_expectations', 'pandas', 'duckdb') if name in sys.modules])"
    )

    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )

    assert shown.stdout.strip() == "[]"
